// Words for what happens in a call: who comes and goes, what becomes of one's devices.

import { m } from '../../messages/compiled/messages';
import type { FileEvent } from '../../model/call-files.svelte';
import type { NotificationWords } from '../../model/notification';
import type { Notice } from '../../model/types';
import { roomNoticeText } from './room-words';

/** Of a long message the beginning says whether to open the chat. */
const MESSAGE_CHARS = 200;

export function noticeText(notice: Notice): string {
  switch (notice.kind) {
    case 'joined':
    case 'left':
      return comingText(notice.kind, notice.names);
    case 'hand_raised':
      return handText(notice.names);
    case 'message':
      return m.said_by({ name: notice.name, text: notice.text.slice(0, MESSAGE_CHARS) });
    case 'room':
      return roomNoticeText(notice.what);
    case 'microphone_lost':
      return m.notice_microphone_lost();
    case 'microphone_changed':
      return m.notice_microphone_changed();
    case 'camera_lost':
      return m.notice_camera_lost();
    case 'camera_changed':
      return m.notice_camera_changed();
    case 'microphone_kept':
      return m.device_notice_microphone_kept();
    case 'camera_kept':
      return m.device_notice_camera_kept();
    case 'speaker_changed':
      return m.device_notice_speaker_changed();
    case 'background_slow':
      return m.device_notice_background_slow();
    case 'background_failed':
      return m.device_notice_background_failed();
    case 'background_missing':
      return m.device_notice_background_missing();
    case 'only_host_sends':
      return m.only_host_sends();
    case 'everybody_sends':
      return m.notice_everybody_sends();
    case 'screen_failed':
      return m.stage_screen_failed();
    case 'picture_failed':
      return m.call_picture_failed();
  }
}

/** How a file goes on its way, and what came of it. */
export function fileText({ what, file, who }: FileEvent): string {
  switch (what) {
    case 'begins':
      return m.files_told_begins({ file, who });
    case 'saved':
      return m.files_told_saved({ file });
    case 'failed':
      return m.files_told_failed({ file });
    case 'gone':
      return m.files_told_gone({ file });
    case 'sending':
      return m.files_told_sending({ file, who });
    case 'sent':
      return m.files_told_sent({ file, who });
  }
}

/** For those who look elsewhere. */
export function messageWords({ name, text }: { name: string; text: string }): NotificationWords {
  return { title: m.aware_message_from({ name }), body: text.slice(0, MESSAGE_CHARS) };
}

function comingText(kind: 'joined' | 'left', [name = '', other, ...more]: string[]): string {
  const joined = kind === 'joined';
  if (other === undefined) return joined ? m.notice_joined({ name }) : m.notice_left({ name });
  if (more.length === 0)
    return joined ? m.notice_joined_two({ name, other }) : m.notice_left_two({ name, other });
  const count = more.length + 1;
  return joined ? m.notice_joined_many({ name, count }) : m.notice_left_many({ name, count });
}

function handText([name = '', ...more]: string[]): string {
  if (more.length === 0) return m.aware_hand({ name });
  return m.aware_hands({ name, count: more.length });
}
