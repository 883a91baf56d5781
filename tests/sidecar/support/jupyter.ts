import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server
} from 'node:http';

import {
  GRANT_HEADER,
  type IGrant,
  QUESTION_HEADER
} from '../../../src/protocol/grant';
import { grantOf } from './grant';
import { listenOnPath } from './listen';

/** A server on a private Unix socket that judges requests as Jupyter does. */
export class Jupyter {
  /** The questions that were asked. */
  readonly questions: IncomingMessage[] = [];
  /** How questions are answered. */
  judge: RequestListener = (_request, response) => {
    response.writeHead(204, { [GRANT_HEADER]: JSON.stringify(this.grant) });
    response.end();
  };
  /** How everything else is answered. */
  serve: RequestListener = (request, response) => {
    response.end(`Jupyter got ${request.method} ${request.url}`);
  };
  /** What is granted unless `judge` is replaced. */
  grant: IGrant = grantOf();
  path = '';
  readonly server: Server = createServer((request, response) => {
    if (QUESTION_HEADER.toLowerCase() in request.headers) {
      this.questions.push(request);
      this.judge(request, response);
    } else {
      this.serve(request, response);
    }
  });
}

export async function startJupyter(
  given: Partial<IGrant> = {}
): Promise<Jupyter> {
  const jupyter = new Jupyter();
  jupyter.grant = grantOf(given);
  jupyter.path = await listenOnPath(jupyter.server);
  return jupyter;
}

/** A Jupyter that answers its questions when it is told to. */
export async function startWaiting(): Promise<{
  jupyter: Jupyter;
  /** Done when the first question has come. */
  asked: Promise<void>;
  /** Refuse all that has been asked so far, with these fields. */
  refuse: (fields?: Record<string, string>) => void;
  /** Grant all that has been asked so far, and judge as ever from now on. */
  grant: () => void;
}> {
  const jupyter = await startJupyter();
  const { judge } = jupyter;
  const waiting: Parameters<RequestListener>[] = [];
  const asked = new Promise<void>(resolve => {
    jupyter.judge = (...question) => {
      waiting.push(question);
      resolve();
    };
  });
  const refuse = (given: Record<string, string> = {}): void => {
    for (const [, response] of waiting.splice(0)) {
      response.writeHead(403, { 'Content-Length': 2, ...given });
      response.end('no');
    }
  };
  const grant = (): void => {
    jupyter.judge = judge;
    for (const question of waiting.splice(0)) {
      judge(...question);
    }
  };
  return { jupyter, asked, refuse, grant };
}
