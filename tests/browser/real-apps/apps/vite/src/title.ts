export const title = 'Vite here';
