/// <reference types="vite/client" />
import green from './picture.svg';
import './style.css';
import { title } from './title';

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) {
    throw new Error(`There is no ${id}.`);
  }
  return found;
}

async function showMore(): Promise<void> {
  const { more } = await import('./lazy');
  element('lazy').textContent = more;
}

element('title').textContent = title;
// Another load of the page would draw another number.
element('loaded').textContent = `Loaded as ${Math.random()}`;
element('more').addEventListener('click', () => void showMore());

const picture = new Image();
picture.src = green;
picture.alt = 'A picture';
document.body.append(picture);

import.meta.hot?.accept('./title', changed => {
  element('title').textContent = String(changed?.['title']);
});
