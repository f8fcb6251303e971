// Words for what happens in a call: who comes and goes, what becomes of one's devices.

import { m } from '../../messages/compiled/messages';
import type { Notice } from '../../model/types';

export function noticeText(notice: Notice): string {
  switch (notice.kind) {
    case 'joined':
    case 'left':
      return comingText(notice.kind, notice.names);
    case 'microphone_lost':
      return m.notice_microphone_lost();
    case 'microphone_changed':
      return m.notice_microphone_changed();
    case 'camera_lost':
      return m.notice_camera_lost();
    case 'camera_changed':
      return m.notice_camera_changed();
    case 'only_host_sends':
      return m.only_host_sends();
    case 'everybody_sends':
      return m.notice_everybody_sends();
  }
}

function comingText(kind: 'joined' | 'left', [name = '', other, ...more]: string[]): string {
  const joined = kind === 'joined';
  if (other === undefined) return joined ? m.notice_joined({ name }) : m.notice_left({ name });
  if (more.length === 0)
    return joined ? m.notice_joined_two({ name, other }) : m.notice_left_two({ name, other });
  const count = more.length + 1;
  return joined ? m.notice_joined_many({ name, count }) : m.notice_left_many({ name, count });
}
