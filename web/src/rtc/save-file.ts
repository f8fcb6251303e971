// Hands a file over to the browser, which puts it where downloads go.

/** Some browsers read it only a while after they were told to, ms. */
const READ_WITHIN = 60_000;

export function saveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), READ_WITHIN);
}
