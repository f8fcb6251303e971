// The switches of the settings, in their groups and words.

import { m } from '../../messages/compiled/messages';
import type { Switch } from '../../model/call-settings.svelte';
import { pictureWay } from './picture.svelte';

export interface SettingsGroup {
  /** The same in every language. */
  id: string;
  title: string;
  switches: {
    name: Switch;
    label: string;
    /** Only while this one is on. */
    of?: Switch;
  }[];
}

export function settingsGroups(): SettingsGroup[] {
  return [
    {
      id: 'sounds',
      title: m.aware_sounds(),
      switches: [
        { name: 'sounds', label: m.aware_sounds_on() },
        { name: 'sound_join', label: m.aware_sound_join(), of: 'sounds' },
        { name: 'sound_leave', label: m.aware_sound_leave(), of: 'sounds' },
        { name: 'sound_message', label: m.aware_sound_message(), of: 'sounds' },
        { name: 'sound_hand', label: m.aware_sound_hand(), of: 'sounds' },
        { name: 'sound_knock', label: m.aware_sound_knock(), of: 'sounds' },
      ],
    },
    {
      id: 'notices',
      title: m.aware_notices(),
      switches: [
        { name: 'notice_coming', label: m.aware_notice_coming() },
        { name: 'notice_message', label: m.aware_notice_message() },
        { name: 'notice_hand', label: m.aware_notice_hand() },
      ],
    },
    {
      id: 'keyboard',
      title: m.aware_keyboard(),
      switches: [
        { name: 'shortcuts', label: m.shortcuts_on() },
        { name: 'push_to_talk', label: m.aware_push_to_talk() },
      ],
    },
    ...(pictureWay() === 'document'
      ? [
          {
            id: 'picture',
            title: m.aware_picture(),
            switches: [{ name: 'auto_picture' as const, label: m.aware_auto_picture() }],
          },
        ]
      : []),
  ];
}
