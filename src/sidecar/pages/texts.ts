import type { ErrorCode } from '../errors';

/** How an error is answered. */
export interface IErrorText {
  status: number;
  /** What happened, in one line. */
  title: (port: string) => string;
  /** What to check, a sentence each. */
  hints: ((port: string) => string)[];
  /** Whether the page tries again by itself, because the cause may go away. */
  retries: boolean;
}

/** All errors in plain words. */
export const ERROR_TEXTS: Record<ErrorCode, IErrorText> = {
  'bad-request': {
    status: 400,
    title: () => 'This request is malformed.',
    hints: [() => 'It can’t be sent on, because it could be read in two ways.'],
    retries: false
  },
  'no-such-port': {
    status: 404,
    title: () => 'This address names no port.',
    hints: [
      () => 'A port is a number from 1 to 65535, as in …/proxy/8501/.',
      () => 'Check the address, or open the app from the launcher.'
    ],
    retries: false
  },
  'method-not-allowed': {
    status: 405,
    title: () => 'CONNECT is not possible here.',
    hints: [() => 'Web apps are reached by ordinary requests.'],
    retries: false
  },
  'cross-site': {
    status: 403,
    title: () => 'This request was started by another site.',
    hints: [
      () =>
        'Requests that change something are accepted from Jupyter’s own address only.',
      () =>
        'If that site is meant to use this app, allow it with ServerApp.allow_origin.'
    ],
    retries: false
  },
  'foreign-port': {
    status: 403,
    title: port => `Port ${port} belongs to another user of this machine.`,
    hints: [
      () =>
        'Their program would run inside your Jupyter, so it is not opened here.',
      () => 'Start your own app on another port and open that one.',
      () =>
        'If you trust everyone on this machine: Porthole.allow_ports_of_other_users = True.'
    ],
    retries: false
  },
  'not-listening': {
    status: 502,
    title: port => `Nothing listens on port ${port}.`,
    hints: [
      () => 'Is the app started, and still running? Its terminal tells.',
      port =>
        `Does it listen on port ${port}, on localhost or on all addresses?`
    ],
    retries: true
  },
  'broke-off': {
    status: 502,
    title: port => `The program on port ${port} broke off before it answered.`,
    hints: [
      () => 'It may have crashed: look at its output.',
      () => 'It may not be a web app, or it may speak HTTPS only.'
    ],
    retries: true
  },
  'connect-timeout': {
    status: 504,
    title: port => `Port ${port} did not accept the connection in time.`,
    hints: [() => 'The app may be overloaded or stopped: look at its output.'],
    retries: true
  },
  'response-timeout': {
    status: 504,
    title: port => `The app on port ${port} did not answer in time.`,
    hints: [
      () => 'It may be busy: look at its output.',
      () => 'The limit is Porthole.response_timeout.'
    ],
    retries: false
  },
  'jupyter-gone': {
    status: 503,
    title: () => 'Jupyter does not answer at the moment.',
    hints: [() => 'It may be starting or stopping.'],
    retries: true
  }
};
