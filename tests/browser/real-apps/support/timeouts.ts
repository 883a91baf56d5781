/** How long an app may take to start: MLflow needs half a minute on a busy machine. */
export const START_TIMEOUT_MS = 120_000;

/** How long a step of a person may take, the first of which loads some megabytes. */
export const STEP_TIMEOUT_MS = 60_000;
