/** Where one was among the photographs of an archive when one opened one of them: coming back leads there. */
export interface Place {
  archive: string;
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
export function placeIn(archive: string, words: string): Place | null {
  return left?.archive === archive && left.words === words ? left : null;
}

/** There now: who comes another time begins at the top. */
export function arrived(): void {
  left = null;
}

/** The address of the list that a photograph of this archive was opened from. */
export function wayBack(archive: string): string {
  return `#/archives/${archive}${left?.archive === archive && left.words ? `?${left.words}` : ''}`;
}
