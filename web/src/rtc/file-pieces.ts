// A file in pieces: how large they are on their way, and how they become a file again. Pure.

/** Larger messages than this not every browser takes from every other. */
const LARGEST_PIECE = 64 * 1024;
/** What has come is handed over in blocks of so much, which browsers may put on the disk. More lies in memory longer. */
const BLOCK = 4 * 1024 * 1024;

/** What one message may carry, where the other side takes no more than `most`; it may say nothing, or that it does not matter. */
export function pieceSize(most: number | null | undefined): number {
  return most !== null && most !== undefined && most > 0 ? Math.min(LARGEST_PIECE, most) : LARGEST_PIECE;
}

/** What came of a piece. More than was announced is no file of anybody's. */
export type Gathered = 'more' | 'whole' | 'too_much';

/** Pieces as they come. */
export class Gathering {
  /** Bytes so far. */
  received = 0;
  #blocks: Blob[] = [];
  #pieces: ArrayBuffer[] = [];
  #waiting = 0;

  /** @param size as it was announced */
  constructor(
    private readonly size: number,
    private readonly block = BLOCK,
  ) {}

  take(piece: ArrayBuffer): Gathered {
    this.received += piece.byteLength;
    if (this.received > this.size) {
      this.drop();
      return 'too_much';
    }
    // Of nothing there may be any number.
    if (piece.byteLength > 0) this.#pieces.push(piece);
    this.#waiting += piece.byteLength;
    if (this.#waiting >= this.block) this.#close();
    return this.received === this.size ? 'whole' : 'more';
  }

  /** The file, if all of it is there. Nothing is kept. */
  whole(): Blob | null {
    this.#close();
    const file = this.received === this.size ? new Blob(this.#blocks) : null;
    this.drop();
    return file;
  }

  drop(): void {
    this.#blocks = [];
    this.#pieces = [];
    this.#waiting = 0;
  }

  #close(): void {
    if (this.#pieces.length > 0) this.#blocks.push(new Blob(this.#pieces));
    this.#pieces = [];
    this.#waiting = 0;
  }
}
