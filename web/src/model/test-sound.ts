// What tells one whether one's speaker can be heard.

const VOLUME = 0.2;
const NOTES = [523, 784];
const NOTE_EVERY_S = 0.25;
const NOTE_LASTS_S = 0.3;

/** Two short notes through this speaker. */
export async function playTestSound(audio: AudioContext, speakerId: string | null): Promise<void> {
  const output = audio.createMediaStreamDestination();
  const element = new Audio();
  element.srcObject = output.stream;
  if (speakerId && 'setSinkId' in element) await element.setSinkId(speakerId).catch(() => undefined);
  await element.play();
  for (const [index, pitch] of NOTES.entries()) {
    const oscillator = audio.createOscillator();
    const gain = audio.createGain();
    const from = audio.currentTime + index * NOTE_EVERY_S;
    oscillator.frequency.value = pitch;
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(VOLUME, from + 0.02);
    gain.gain.linearRampToValueAtTime(0, from + NOTE_LASTS_S);
    oscillator.connect(gain).connect(output);
    oscillator.start(from);
    oscillator.stop(from + NOTE_LASTS_S);
    if (index === NOTES.length - 1) oscillator.onended = () => (element.srcObject = null);
  }
}
