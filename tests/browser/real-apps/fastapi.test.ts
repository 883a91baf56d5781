import { useBrowser } from '../support/browser';
import { FASTAPI } from './support/fastapi';
import {
  PUBLIC_HOST,
  startPublicJupyter,
  tryThrough
} from './support/through-jupyter';

const visit = useBrowser([PUBLIC_HOST]);

test('/jupyter/proxy/8701/docs shows the operations of a FastAPI service that knows no root path, and tries one out', async () => {
  const jupyter = await startPublicJupyter({ baseUrl: '/jupyter/' });
  try {
    await tryThrough(jupyter, FASTAPI, visit);
  } finally {
    await jupyter.stop();
  }
});
