import { placeName } from '../../src/sidecar/place-name';
import { grantOf } from './support/grant';

describe('placeName', () => {
  it.each([
    [{ port: 8501, host: null }, 'port 8501'],
    [{ port: 8501, host: 'node7' }, 'port 8501 of node7']
  ])('calls %j %s, granted or not', (place, expected) => {
    expect(placeName(place)).toBe(expected);
    expect(placeName(place, grantOf())).toBe(expected);
  });

  it('says what is on a port, if that is known', () => {
    const place = { port: 8501, host: null };
    const grant = grantOf({ title: 'Streamlit (app.py)' });
    expect(placeName(place, grant)).toBe('port 8501 (Streamlit (app.py))');
  });

  it('calls an app by its title, as soon as that is known', () => {
    expect(placeName({ app: 'r' })).toBe('r');
    const grant = grantOf({ title: 'RStudio' });
    expect(placeName({ app: 'r' }, grant)).toBe('RStudio’s port 8501');
    const target = { socketPath: '/run/r' };
    expect(placeName({ app: 'r' }, { ...grant, target })).toBe(
      'RStudio’s socket'
    );
  });
});
