import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { either, NO_FAVICON } from './errors';
import { installed } from './places';
import type { IRealApp } from './real-app';

const run = promisify(execFile);

const ACCOUNT = { name: 'ada', password: 'Lovelace-1815' };

export const DJANGO: IRealApp = {
  name: 'Django',
  needs: 'Host, Origin and Referer that agree, and its links and forms fixed',
  path: 'admin/',
  async command({ port, folder: cwd }) {
    const python = installed('python');
    await run(installed('django-admin'), ['startproject', 'site_of_ada', cwd]);
    await run(python, ['manage.py', 'migrate'], { cwd });
    await run(python, ['manage.py', 'createsuperuser', '--no-input'], {
      cwd,
      env: {
        ...process.env,
        DJANGO_SUPERUSER_USERNAME: ACCOUNT.name,
        DJANGO_SUPERUSER_PASSWORD: ACCOUNT.password,
        DJANGO_SUPERUSER_EMAIL: 'ada@lab.example'
      }
    });
    return { program: python, args: ['manage.py', 'runserver', String(port)] };
  },
  async use(frame) {
    await frame.getByLabel('Username').fill(ACCOUNT.name);
    await frame.getByLabel('Password').fill(ACCOUNT.password);
    await frame.getByRole('button', { name: 'Log in' }).click();
    await frame.getByRole('link', { name: 'Groups' }).click();
    await frame.getByRole('link', { name: 'Add group' }).first().click();
    await frame.getByLabel('Name:').fill('Engineers');
    await frame.getByRole('button', { name: 'Save', exact: true }).click();
    await frame.getByText('was added successfully').waitFor();
    await frame.getByRole('link', { name: 'Engineers' }).last().waitFor();
  },
  // The policy is one of Django's, which browsers heed over HTTPS and from localhost only.
  expectedErrors: either(
    NO_FAVICON,
    /^The Cross-Origin-Opener-Policy header has been ignored/
  )
};
