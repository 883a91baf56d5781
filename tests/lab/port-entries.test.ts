import { nullTranslator } from '@jupyterlab/translation';

import { readPorts, type IPortsSetting } from '../../src/lab/port-entries';

const trans = nullTranslator.load('jupyter_porthole');

function read(value: unknown): IPortsSetting {
  return readPorts(value, trans);
}

describe('readPorts', () => {
  it('fills in what an entry leaves out', () => {
    expect(read([{ port: 8501 }])).toEqual({
      entries: [
        {
          port: 8501,
          path: '/',
          title: '',
          icon: '',
          category: 'Web Apps',
          openIn: 'tab'
        }
      ],
      problems: []
    });
  });

  it('keeps what an entry says', () => {
    const entry = {
      port: 8501,
      path: '/docs',
      title: 'Docs',
      icon: 'ui-components:python',
      category: 'Other',
      openIn: 'browser'
    };
    expect(read([entry]).entries).toEqual([entry]);
  });

  it.each([
    [{ port: 0, title: 'Zero' }, 'no. 2 (“Zero”)', 'from 1 to 65535'],
    [{ port: 'abc' }, 'no. 2', 'from 1 to 65535'],
    [{ title: 'None' }, 'no. 2 (“None”)', 'from 1 to 65535'],
    [{ port: 2, path: '//evil' }, 'no. 2', 'begin with one slash'],
    [{ port: 2, path: '/../../lab' }, 'no. 2', 'must not leave the app'],
    [{ port: 2, openIn: 'window' }, 'no. 2', '“tab” or “browser”'],
    [{ port: 1 }, 'no. 2', 'is listed before'],
    [7, 'no. 2', 'must have fields'],
    [null, 'no. 2', 'must have fields'],
    [[], 'no. 2', 'must have fields']
  ])('skips %j, names it and says why', (item, name, reason) => {
    const { entries, problems } = read([{ port: 1 }, item, { port: 3 }]);
    expect(entries.map(({ port }) => port)).toEqual([1, 3]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(name);
    expect(problems[0]).toContain(reason);
  });

  it('fits every sentence into a notification, which shows 140 characters', () => {
    const { problems } = read([{ port: 0, title: 'x'.repeat(1000) }]);
    expect(problems[0]?.length).toBeLessThan(140);
  });

  it.each([{}, 'abc', 5, null, undefined])('refuses %j as a list', value => {
    expect(read(value).entries).toEqual([]);
    expect(read(value).problems).toEqual([
      'The setting “ports” is not a list.'
    ]);
  });
});
