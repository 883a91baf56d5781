"""A Dask cluster that is always busy."""

import sys
import time

from distributed import Client, LocalCluster

cluster = LocalCluster(n_workers=1, processes=False, dashboard_address=f"localhost:{sys.argv[1]}")
client = Client(cluster)
for start in range(0, sys.maxsize, 10):
    client.gather(client.map(lambda number: time.sleep(0.05), range(start, start + 10)))
