// Which browser and which system this is, for help that says where to press. Nothing is decided by it. Pure.

export type Browser = 'chromium' | 'firefox' | 'safari' | 'other';
export type System = 'mac' | 'windows' | 'android' | 'ios' | 'other';

export function browserOf(userAgent: string): Browser {
  if (/Firefox\//.test(userAgent)) return 'firefox';
  if (/Chrome\/|Chromium\//.test(userAgent)) return 'chromium';
  return /Safari\//.test(userAgent) ? 'safari' : 'other';
}

/** @param touchPoints an iPad calls itself a Mac, but no Mac is touched with more than one finger */
export function systemOf(userAgent: string, touchPoints: number): System {
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'ios';
  if (/Macintosh/.test(userAgent)) return touchPoints > 1 ? 'ios' : 'mac';
  if (/Android/.test(userAgent)) return 'android';
  return /Windows/.test(userAgent) ? 'windows' : 'other';
}
