/**
 * What apps may do in their frames. Set on the node, since the widget's own list of
 * names lacks some and misspells `allow-popups-to-escape-sandbox`.
 */
export const SANDBOX = [
  'allow-scripts',
  'allow-same-origin',
  'allow-forms',
  'allow-popups',
  'allow-popups-to-escape-sandbox',
  'allow-modals',
  'allow-downloads',
  'allow-presentation',
  'allow-pointer-lock'
].join(' ');

/** The same, by the Permissions Policy. */
export const ALLOW = [
  'clipboard-read',
  'clipboard-write',
  'fullscreen',
  'camera',
  'microphone'
].join('; ');
