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
