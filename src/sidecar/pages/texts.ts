import type { IRefusalDetails } from '../../protocol/grant';
import type { ErrorCode } from '../errors';

/** What an error is about. */
export interface IAbout extends IRefusalDetails {
  /** What was to be reached: `port 8501`, `RStudio’s port 8787`. */
  place: string;
}

/** How an error is answered. */
export interface IErrorText {
  status: number;
  /** What happened, in one line. */
  title: (about: IAbout) => string;
  /** What to check, a sentence each. */
  hints: ((about: IAbout) => string)[];
  /** Whether the page tries again by itself, because the cause may go away. */
  retries: boolean;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
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
  'websocket-only': {
    status: 405,
    title: ({ title }) => `${title} is reached by WebSockets only.`,
    hints: [
      () => 'It has no pages of its own: open it by the app that uses it.'
    ],
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
    title: ({ place }) =>
      `${capitalised(place)} belongs to another user of this machine.`,
    hints: [
      () =>
        'Their program would run inside your Jupyter, so it is not opened here.',
      () => 'Start your own app on another port and open that one.',
      () =>
        'If you trust everyone on this machine: Porthole.allow_ports_of_other_users = True.'
    ],
    retries: false
  },
  'host-refused': {
    status: 403,
    title: ({ place }) =>
      `${capitalised(place)} is not on the list of allowed hosts.`,
    hints: [
      () =>
        'Whoever runs this Jupyter can add the host to ServerProxy.host_allowlist.',
      () => 'Apps on the machine of Jupyter itself need no host: …/proxy/8501/.'
    ],
    retries: false
  },
  'no-such-host': {
    status: 502,
    title: ({ place }) => `The host of ${place} can’t be found.`,
    hints: [() => 'Check its name, as the machine of Jupyter knows it.'],
    retries: true
  },
  starting: {
    status: 503,
    title: ({ title }) => `${title} is starting.`,
    hints: [],
    retries: true
  },
  'start-timeout': {
    status: 504,
    title: ({ title }) => `${title} is still starting.`,
    hints: [() => 'Try again in a moment.'],
    retries: true
  },
  'app-failed': {
    status: 502,
    title: ({ title }) => `${title} is not running.`,
    hints: [
      ({ message }) => (/[.!?]$/.test(message) ? message : `${message}.`),
      () => 'Jupyter’s log and the app’s own say more.'
    ],
    retries: true
  },
  'rewrite-failed': {
    status: 502,
    title: ({ place }) => `The answer of ${place} could not be rewritten.`,
    hints: [
      () =>
        'A function that this Jupyter’s configuration names for it failed: Jupyter’s log says how.'
    ],
    retries: false
  },
  'too-long': {
    status: 502,
    title: ({ place }) => `The answer of ${place} is too long to be rewritten.`,
    hints: [
      () =>
        'This Jupyter’s configuration names functions that rewrite the answers of this app. They take up to 100 MiB.'
    ],
    retries: false
  },
  'not-listening': {
    status: 502,
    title: ({ place }) => `Nothing listens on ${place}.`,
    hints: [
      () => 'Is the app started, and still running? Its terminal tells.',
      ({ place }) =>
        place.startsWith('port ')
          ? `Does it listen on ${place}, on localhost or on all addresses?`
          : 'Does it listen where its configuration says?'
    ],
    retries: true
  },
  'broke-off': {
    status: 502,
    title: ({ place }) =>
      `The program on ${place} broke off before it answered.`,
    hints: [
      () => 'It may have crashed: look at its output.',
      () => 'It may not be a web app, or it may speak HTTPS only.'
    ],
    retries: true
  },
  'bad-certificate': {
    status: 502,
    title: ({ place }) => `The certificate on ${place} is not to be trusted.`,
    hints: [
      () =>
        'Name the authority that signed it (certificate_authorities), or switch the check off (verify_certificate = False).'
    ],
    retries: false
  },
  'connect-timeout': {
    status: 504,
    title: ({ place }) =>
      `${capitalised(place)} did not accept the connection in time.`,
    hints: [() => 'The app may be overloaded or stopped: look at its output.'],
    retries: true
  },
  'response-timeout': {
    status: 504,
    title: ({ place }) => `The app on ${place} did not answer in time.`,
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
