import type { Locator } from 'playwright-core';

/**
 * How far a text on the screen stands out from what is behind it.
 *
 * It is measured in a picture, so neither themes nor frames can deceive it.
 *
 * @returns the contrast ratio of WCAG 2 between the lightest and the darkest
 * pixel, 1 to 21; from 4.5 on a text is legible.
 */
export async function contrast(text: Locator): Promise<number> {
  const picture = (await text.screenshot()).toString('base64');
  const page = await text.page().context().newPage();
  try {
    return await page.evaluate(contrastOfPicture, picture);
  } finally {
    await page.close();
  }
}

/** Runs in the browser, which can read pictures. */
async function contrastOfPicture(picture: string): Promise<number> {
  const bytes = Uint8Array.from(atob(picture), char => char.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d');
  if (context === null) {
    throw new Error('This browser has no canvas.');
  }
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const linear = (value: number): number => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  let lightest = 0;
  let darkest = 1;
  for (let i = 0; i < data.length; i += 4) {
    const [red = 0, green = 0, blue = 0] = data.subarray(i, i + 3);
    const luminance =
      0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    lightest = Math.max(lightest, luminance);
    darkest = Math.min(darkest, luminance);
  }
  return (lightest + 0.05) / (darkest + 0.05);
}
