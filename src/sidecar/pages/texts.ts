import type { ErrorCode, IErrorDetails } from '../errors';
import type { Hint } from './page';
import { askedByHttps, capitalised, portIn, startAgain } from './wording';

/** What an error is about; what isn't known is empty. */
export interface IAbout extends IErrorDetails {
  /**
   * What was to be reached: `port 8501`, `port 8501 (Streamlit (app.py))`, `RStudio’s port
   * 8787`.
   */
  place: string;
}

/** How an error is answered. */
export interface IErrorText {
  status: number;
  /** What happened, in one line. */
  title: (about: IAbout) => string;
  /** Why, and what to do about it, a sentence or two each. */
  hints: (about: IAbout) => Hint[];
  /** Whether the page tries again by itself, because the cause may go away. */
  retries: boolean;
}

/** All errors in plain words. */
export const ERROR_TEXTS: Record<ErrorCode, IErrorText> = {
  'bad-request': {
    status: 400,
    title: () => 'This request is malformed.',
    hints: () => [
      'It can’t be sent on, because it could be read in two ways.',
      'Browsers send no such requests: what has sent it needs a correction, or a newer version.'
    ],
    retries: false
  },
  'no-such-port': {
    status: 404,
    title: () => 'This address names no port.',
    hints: () => [
      'A port is a number from 1 to 65535, as in …/proxy/8501/.',
      'Check the address, or open the app from the launcher.'
    ],
    retries: false
  },
  'method-not-allowed': {
    status: 405,
    title: () => 'CONNECT is not possible here.',
    hints: () => [
      'Web apps are reached by ordinary requests: open this address in a browser instead of entering it as a proxy.'
    ],
    retries: false
  },
  'websocket-only': {
    status: 405,
    title: ({ title }) => `${title} is reached by WebSockets only.`,
    hints: () => [
      'It has no pages of its own: open it by the app that uses it.'
    ],
    retries: false
  },
  'upgrade-lost': {
    status: 426,
    title: ({ place }) =>
      `A gateway in front of Jupyter blocks WebSockets, one to ${place} among them.`,
    hints: () => [
      'It has dropped the fields Upgrade and Connection of this request, without which it is none.',
      'Whoever runs the gateway can let them through, nginx by proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade and proxy_set_header Connection "upgrade".'
    ],
    retries: false
  },
  'websockets-blocked': {
    status: 502,
    title: ({ title }) =>
      `${title} needs a live connection (WebSocket), which is blocked on the way.`,
    hints: () => [
      'Something between your browser and Jupyter lets pages through, but no WebSockets: the app would stay blank, or show a page that doesn’t react.',
      'If your company or your network has a proxy: open Jupyter by https://, since it can’t meddle with that, or from another network.',
      {
        text: 'If Jupyter is behind a gateway, whoever runs that can let WebSockets through. nginx:',
        code: 'proxy_http_version 1.1;\nproxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection "upgrade";'
      },
      {
        text: 'Apache 2.4.47 or newer:',
        code: 'ProxyPass "/" "http://localhost:8888/" upgrade=websocket'
      }
    ],
    retries: true
  },
  'cross-site': {
    status: 403,
    title: () => 'This request was started by another site.',
    hints: ({ place }) => [
      'Requests that change something are accepted from Jupyter’s own address only.',
      `Open ${place} from Jupyter, and do there what you wanted to do.`,
      'If that site is meant to use this app, allow it with ServerApp.allow_origin.'
    ],
    retries: false
  },
  'foreign-port': {
    status: 403,
    title: ({ place }) =>
      `${capitalised(place)} belongs to another user of this machine.`,
    hints: () => [
      'Their program would run inside your Jupyter, so it is not opened here.',
      'Start your own app on another port and open that one.',
      'If you trust everyone on this machine: Porthole.allow_ports_of_other_users = True.'
    ],
    retries: false
  },
  'host-refused': {
    status: 403,
    title: ({ place }) =>
      `${capitalised(place)} is not on the list of allowed hosts.`,
    hints: () => [
      'Whoever runs this Jupyter can add the host to ServerProxy.host_allowlist.',
      'Apps on the machine of Jupyter itself need no host: …/proxy/8501/.'
    ],
    retries: false
  },
  'no-such-host': {
    status: 502,
    title: ({ place }) => `The host of ${place} can’t be found.`,
    hints: () => ['Check its name, as the machine of Jupyter knows it.'],
    retries: true
  },
  starting: {
    status: 503,
    title: ({ title }) => `${title} is starting.`,
    hints: () => [],
    retries: true
  },
  'start-timeout': {
    status: 504,
    title: ({ title }) => `${title} is still starting.`,
    hints: () => [
      'It takes longer than its configuration expects (timeout).',
      'Try again in a moment.'
    ],
    retries: true
  },
  'app-failed': {
    status: 502,
    title: ({ title }) => `${title} is not running.`,
    hints: ({ message }) => [
      /[.!?]$/.test(message) ? message : `${message}.`,
      'Jupyter’s log and the app’s own say more.'
    ],
    retries: true
  },
  'rewrite-failed': {
    status: 502,
    title: ({ place }) => `The answer of ${place} could not be rewritten.`,
    hints: () => [
      'A function that this Jupyter’s configuration names for it failed: Jupyter’s log says how.'
    ],
    retries: false
  },
  'too-long': {
    status: 502,
    title: ({ place }) => `The answer of ${place} is too long to be rewritten.`,
    hints: () => [
      'This Jupyter’s configuration names functions that rewrite the answers of this app. They take up to 100 MiB.',
      'Without those functions (rewrite_response, non_service_rewrite_response) answers may have any length.'
    ],
    retries: false
  },
  'not-listening': {
    status: 502,
    title: ({ place }) => `Nothing listens on ${place}.`,
    hints: ({ place }) => [
      'Is the app started, and still running? Its terminal tells.',
      portIn(place) === null
        ? 'Does it listen where its configuration says?'
        : `Does it listen on ${place}, on localhost or on all addresses? If a port is taken, some apps take the next one, and say so.`
    ],
    retries: true
  },
  'app-ended': {
    status: 502,
    title: ({ title, place }) =>
      `${title}, which listened on ${place}, is not running any more.`,
    hints: ({ folder, command }) => [
      startAgain(folder, command),
      'If it has ended by itself, its terminal tells why.'
    ],
    retries: true
  },
  'broke-off': {
    status: 502,
    title: ({ place }) =>
      `The program on ${place} broke off before it answered.`,
    hints: ({ isHttps }) => [
      'It may have crashed: look at its output, and start it again.',
      isHttps
        ? 'Its configuration has it asked by HTTPS ("https": True), which it may not speak.'
        : 'It may not be a web app: check the port, which the app has printed.'
    ],
    retries: true
  },
  'speaks-tls': {
    status: 502,
    title: ({ place }) => `${capitalised(place)} wants to be asked by HTTPS.`,
    hints: ({ place }) => askedByHttps(portIn(place)),
    retries: true
  },
  'no-pages': {
    status: 502,
    title: ({ title, place }) =>
      title === ''
        ? `What listens on ${place} is no web app.`
        : `${title} listens on ${place}: it has no pages.`,
    hints: ({ message }) => [
      'It answers, but not in the language that browsers speak (HTTP): programs use it that know its own.',
      ...(message === '' ? [] : [message]),
      'If you look for the page of an app, check the port: the app has printed its address when it was started.'
    ],
    retries: false
  },
  'bad-certificate': {
    status: 502,
    title: ({ place }) => `The certificate on ${place} is not to be trusted.`,
    hints: () => [
      'Name the authority that signed it (certificate_authorities), or switch the check off (verify_certificate = False).'
    ],
    retries: false
  },
  'connect-timeout': {
    status: 504,
    title: ({ place }) =>
      `${capitalised(place)} did not accept the connection in time.`,
    hints: () => [
      'The app may be overloaded or stopped: look at its output, and start it again if it does nothing any more.'
    ],
    retries: true
  },
  'response-timeout': {
    status: 504,
    title: ({ place }) => `The app on ${place} did not answer in time.`,
    hints: () => [
      'It may be busy: look at its output.',
      'The limit is Porthole.response_timeout.'
    ],
    retries: false
  },
  'jupyter-gone': {
    status: 503,
    title: () => 'Jupyter does not answer at the moment.',
    hints: () => [
      'It may be starting or stopping.',
      'If it stays like this, start your Jupyter again; a hub has a page for that.'
    ],
    retries: true
  }
};
