/** The library of uploads in pieces, as a file of its own: it is loaded once the page rests. */
export { Upload } from 'tus-js-client';
