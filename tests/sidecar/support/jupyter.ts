import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server
} from 'node:http';

import {
  GRANT_HEADER,
  type IGrant,
  type IQuestion,
  QUESTION_HEADER
} from '../../../src/protocol/grant';
import { grantOf } from './grant';
import { listenOnPath } from './listen';

/** The body of a refusal that tells nothing but its reason. */
export const NO_DETAILS = '{"title":"","message":"","lines":[]}';

/** A server on a private Unix socket that judges requests as Jupyter does. */
export class Jupyter {
  /** The questions that were asked. */
  readonly questions: IncomingMessage[] = [];
  /** How questions are answered. */
  judge: RequestListener = (request, response) => {
    const grant = JSON.stringify(this.grantFor(request));
    response.writeHead(204, { [GRANT_HEADER]: grant });
    response.end();
  };
  /** The grant that a question asks for. */
  grantFor(question: IncomingMessage): IGrant {
    return { ...this.grant, ...whereAsked(question) };
  }
  /** How everything else is answered. */
  serve: RequestListener = (request, response) => {
    response.end(`Jupyter got ${request.method} ${request.url}`);
  };
  /** What is granted unless `judge` is replaced, for the port that is asked about. */
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

/** Where a port is; named apps are where the grant says. */
function whereAsked(request: IncomingMessage): Partial<IGrant> {
  const { place, absolute } = JSON.parse(
    String(request.headers[QUESTION_HEADER.toLowerCase()])
  ) as IQuestion;
  return 'app' in place
    ? {}
    : {
        target: { addresses: ['127.0.0.1'], port: place.port },
        host: `localhost:${place.port}`,
        keepsPrefix: absolute
      };
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
      response.writeHead(403, {
        'Content-Length': NO_DETAILS.length,
        ...given
      });
      response.end(NO_DETAILS);
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
