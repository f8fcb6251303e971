// A language nobody speaks, for trying out: English with accents, a third longer, in an alphabet whose direction the
// browser is told to be from right to left. It is built for development and for tests alone.

const PLAIN = 'aceginorsuyzACEGINORSUYZ';
const ACCENTED = 'áçéğíñóřšüýžÁÇÉĞÍÑÓŘŠÜÝŽ';

/** Variables, in braces, stay as they are. */
export function pseudo(text: string): string {
  const accented = text.replace(/\{\w+\}|[^{]+/g, (piece) =>
    piece.startsWith('{') ? piece : [...piece].map(accent).join(''),
  );
  const words = text
    .replace(/\{\w+\}/g, '')
    .trim()
    .split(/\s+/).length;
  // Long texts grow by less than short ones: translators find room in them.
  return `${accented} ${'··'.repeat(Math.min(6, words))}`;
}

function accent(letter: string): string {
  const at = PLAIN.indexOf(letter);
  return at < 0 ? letter : (ACCENTED[at] ?? letter);
}
