"""Write what TensorBoard shows: two runs with the scalars `loss` and `accuracy`."""

import sys
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

for run in ("first", "second"):
    writer = EventFileWriter(str(Path(sys.argv[1], run)))
    for step in range(20):
        values = [
            Summary.Value(tag="loss", simple_value=1 / (step + 1)),
            Summary.Value(tag="accuracy", simple_value=step / 20),
        ]
        writer.add_event(Event(step=step, summary=Summary(value=values)))
    writer.close()
