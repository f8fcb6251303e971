"""What the participants made of aiortc send, and how what arrives at them is counted."""

import asyncio
import fractions
import math
import time

from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack
from av import AudioFrame, VideoFrame

LUMA, BLUE, RED = 120, 60, 190
TONE = 440
RATE = 48_000


class Colour(VideoStreamTrack):
    """A picture of one colour."""

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(width=320, height=180, format="yuv420p")
        for plane, value in zip(frame.planes, (LUMA, BLUE, RED)):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, time_base
        return frame


class Tone(AudioStreamTrack):
    """A sine, 20 ms at a time."""

    def __init__(self):
        super().__init__()
        self.began, self.sent = time.monotonic(), 0

    async def recv(self):
        samples = RATE // 50
        await asyncio.sleep(max(0, self.began + self.sent / RATE - time.monotonic()))
        angle = 2 * math.pi * TONE / RATE
        values = (int(12_000 * math.sin(angle * (self.sent + n))) for n in range(samples))
        frame = AudioFrame(format="s16", layout="mono", samples=samples)
        frame.planes[0].update(b"".join(value.to_bytes(2, "little", signed=True) for value in values))
        frame.pts, frame.sample_rate = self.sent, RATE
        frame.time_base = fractions.Fraction(1, RATE)
        self.sent += samples
        return frame


def nothing():
    return {"frames": 0, "sounds": 0, "loudest": 0.0, "crossings": 0, "samples": 0}


def hertz(counts):
    return counts["crossings"] * RATE / max(1, counts["samples"])


async def pictures(track, counts):
    while True:
        frame = await track.recv()
        counts["frames"] += 1
        planes = [bytes(plane) for plane in frame.planes]
        counts["colour"] = [round(sum(plane) / len(plane)) for plane in planes]
        counts["size"] = [frame.width, frame.height]


async def sound(track, counts):
    while True:
        frame = await track.recv()
        counts["sounds"] += 1
        values = frame.to_ndarray().reshape(-1)[:: len(frame.layout.channels)].astype(float)
        counts["loudest"] = max(counts["loudest"], float(abs(values).max()))
        crossings = sum(1 for a, b in zip(values, values[1:]) if a < 0 <= b)
        counts["crossings"] += crossings
        counts["samples"] += len(values)
