export const more = 'This was loaded later.';
