// What one's devices do, as others are told of it.

import type { Participant } from '../../web/src/protocol/generated';

export type Announced = Pick<Participant, 'microphone' | 'camera' | 'screen'>;
