/** Where one was in a list of pictures when one opened one of them: coming back leads there. */
export interface Place {
  list: string; // an archive, or the gallery
  words: string; // of the sentence
  index: number; // that was opened
  scroll: number; // px
  step: number; // of the pictures' sizes
}

let left: Place | null = null;

export function leave(place: Place): void {
  left = place;
}

/** Where one was, if it was in this list. */
export function placeIn(list: string, words: string): Place | null {
  return left?.list === list && left.words === words ? left : null;
}

/** There now: who comes another time begins at the top. */
export function arrived(): void {
  left = null;
}

/** What the sentence of this list said, where one was in it last. */
export function wordsOf(list: string): string {
  return left?.list === list ? left.words : '';
}
