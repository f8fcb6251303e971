"""What an encoder makes: H.264 of a picture that changes, and Opus of a tone, as fast as they are played.

Writes each access unit and each packet of sound to standard output: `v` or `a`, its length in four bytes, its bytes.
"""

import fractions
import math
import sys
import time

import av

RATE, FPS = 48_000, 15


def main():
    video = av.CodecContext.create("libx264", "w")
    video.width, video.height, video.pix_fmt = 640, 360, "yuv420p"
    video.time_base, video.framerate = fractions.Fraction(1, FPS), fractions.Fraction(FPS, 1)
    video.gop_size = FPS
    video.options = {"profile": "baseline", "preset": "ultrafast", "tune": "zerolatency", "x264-params": "annexb=1:repeat-headers=1"}
    audio = av.CodecContext.create("libopus", "w")
    audio.sample_rate, audio.layout, audio.format = RATE, "stereo", "s16"
    began, pictures, sounds = time.monotonic(), 0, 0

    def write(kind, packets):
        for packet in packets:
            data = bytes(packet)
            sys.stdout.buffer.write(kind + len(data).to_bytes(4, "big") + data)
        sys.stdout.buffer.flush()

    while True:
        picture_at, sound_at = pictures / FPS, sounds / 50
        time.sleep(max(0, began + min(picture_at, sound_at) - time.monotonic()))
        if picture_at <= sound_at:
            frame = av.VideoFrame(640, 360, "yuv420p")
            for plane, value in zip(frame.planes, (pictures * 3 % 200 + 20, 90, 160)):
                plane.update(bytes([value]) * plane.buffer_size)
            frame.pts, frame.time_base = pictures, fractions.Fraction(1, FPS)
            pictures += 1
            write(b"v", video.encode(frame))
        else:
            samples = RATE // 50
            angle = 2 * math.pi * 440 / RATE
            values = (int(12_000 * math.sin(angle * (sounds * samples + n))) for n in range(samples))
            frame = av.AudioFrame(format="s16", layout="stereo", samples=samples)
            frame.planes[0].update(b"".join(value.to_bytes(2, "little", signed=True) * 2 for value in values))
            frame.sample_rate, frame.pts = RATE, sounds * samples
            frame.time_base = fractions.Fraction(1, RATE)
            sounds += 1
            write(b"a", audio.encode(frame))


main()
