//! VP8 as far as a server looks at it (RFC 7741): payload descriptor, frame header, sizes. Behind it is no picture.

use super::marker::{MARKER_BYTES, Marker};
use super::shape::{KEY_FRAME_TIMES, Layer, MAX_PAYLOAD};

/// Whether a frame needs others before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrameKind {
    Key,
    Delta,
}

/// Writes the frames of one layer.
#[derive(Debug)]
pub(crate) struct Vp8Writer {
    publisher: u32,
    layer: Layer,
    picture_id: u16,
    tl0_pic_idx: u8,
    frame: u32,
    counter: u32,
    payload: Vec<u8>,
}

impl Vp8Writer {
    /// Picture ids begin where it pleases, as with browsers: here at a number of publisher and layer.
    pub(crate) fn new(publisher: u32, layer: Layer) -> Self {
        let seed = publisher.wrapping_mul(7_919).wrapping_add(u32::from(layer.number()) * 10_007);
        let picture_id = (seed & 0x7fff) as u16;
        let tl0_pic_idx = (seed >> 3 & 0xff) as u8;
        Self { publisher, layer, picture_id, tl0_pic_idx, frame: 0, counter: 0, payload: Vec::new() }
    }

    /// Calls `each` for the payloads of the next frame; the second argument is the packet's marker.
    pub(crate) fn frame(&mut self, kind: FrameKind, sent: u64, mut each: impl FnMut(&[u8], &Marker)) {
        let bytes = match kind {
            FrameKind::Key => self.layer.frame_bytes() * KEY_FRAME_TIMES,
            FrameKind::Delta => self.layer.frame_bytes(),
        };
        let packets = bytes.div_ceil(MAX_PAYLOAD);
        let length = bytes.div_ceil(packets);
        let of = u8::try_from(packets).unwrap_or(u8::MAX);
        for index in 0..of {
            let marker = Marker {
                publisher: self.publisher,
                layer: Some(self.layer),
                counter: self.counter,
                frame: self.frame,
                index,
                of,
                key: kind == FrameKind::Key,
                sent,
            };
            self.counter = self.counter.wrapping_add(1);
            self.packet(kind, &marker, length);
            each(&self.payload, &marker);
        }
        self.frame = self.frame.wrapping_add(1);
        self.picture_id = self.picture_id.wrapping_add(1) & 0x7fff;
        self.tl0_pic_idx = self.tl0_pic_idx.wrapping_add(1);
    }

    fn packet(&mut self, kind: FrameKind, marker: &Marker, length: usize) {
        let payload = &mut self.payload;
        payload.clear();
        // X, and S where the frame (its only partition) begins.
        payload.push(if marker.index == 0 { 0x90 } else { 0x80 });
        // I, L and T: picture id, TL0PICIDX and TID follow.
        payload.push(0xe0);
        payload.extend((self.picture_id | 0x8000).to_be_bytes());
        payload.push(self.tl0_pic_idx);
        payload.push(0);
        if marker.index == 0 {
            payload.extend(frame_header(kind, self.layer));
        }
        // Not all the same byte: what travels should look like what is compressed.
        let filler = marker.counter.to_le_bytes();
        let rest = length.saturating_sub(MARKER_BYTES).saturating_sub(payload.len());
        payload.extend(filler.iter().cycle().take(rest));
        payload.extend(marker.to_bytes());
    }
}

/// RFC 6386, 9.1: three bytes of tag, and with key frames the start code and the size.
fn frame_header(kind: FrameKind, layer: Layer) -> Vec<u8> {
    // show_frame, version 0, and a first partition of 100 bytes.
    let tag = 1 << 4 | 100 << 5 | u32::from(kind == FrameKind::Delta);
    let mut header = tag.to_le_bytes()[..3].to_vec();
    if kind == FrameKind::Key {
        let (width, height) = layer.size();
        header.extend([0x9d, 0x01, 0x2a]);
        header.extend(width.to_le_bytes());
        header.extend(height.to_le_bytes());
    }
    header
}

/// The picture id, as it stands in a payload that somebody may have rewritten.
pub(crate) fn picture_id(payload: &[u8]) -> Option<u16> {
    str0m::rtp::Vp8Descriptor::parse(payload).ok()?.picture_id()
}

#[cfg(test)]
mod tests {
    use super::{FrameKind, Vp8Writer};
    use crate::media::{Layer, Marker};
    use str0m::rtp::Vp8Descriptor;

    /// Two bytes of flags, two of picture id, TL0PICIDX, TID.
    const DESCRIPTOR_BYTES: usize = 6;

    fn write(writer: &mut Vp8Writer, kind: FrameKind) -> Vec<Vec<u8>> {
        let mut packets = Vec::new();
        writer.frame(kind, 5, |payload, _| packets.push(payload.to_vec()));
        packets
    }

    #[test]
    fn a_key_frame_is_one_to_who_reads_vp8() {
        for layer in Layer::ALL {
            let packets = write(&mut Vp8Writer::new(1, layer), FrameKind::Key);
            let descriptor = Vp8Descriptor::parse(&packets[0]).unwrap();
            assert!(descriptor.starts_keyframe(&packets[0]));
            let frame = &packets[0][DESCRIPTOR_BYTES..];
            assert_eq!(frame[3..6], [0x9d, 0x01, 0x2a]);
            let size = (u16::from_le_bytes([frame[6], frame[7]]), u16::from_le_bytes([frame[8], frame[9]]));
            assert_eq!(size, layer.size());
            for later in &packets[1..] {
                assert!(!Vp8Descriptor::parse(later).unwrap().starts_keyframe(later));
            }
        }
    }

    #[test]
    fn picture_ids_rise_by_one_with_each_frame_and_wrap_at_15_bits() {
        let mut writer = Vp8Writer::new(1, Layer::Quarter);
        writer.picture_id = 0x7ffe;
        writer.tl0_pic_idx = 0xff;
        let mut seen = Vec::new();
        for _ in 0..3 {
            let packet = write(&mut writer, FrameKind::Delta).remove(0);
            let descriptor = Vp8Descriptor::parse(&packet).unwrap();
            assert!(!descriptor.starts_keyframe(&packet));
            seen.push((descriptor.picture_id().unwrap(), descriptor.tl0_pic_idx().unwrap()));
        }
        assert_eq!(seen, [(0x7ffe, 0xff), (0x7fff, 0), (0, 1)]);
    }

    #[test]
    fn frames_have_the_sizes_of_their_layer() {
        for (layer, packets, key_packets) in
            [(Layer::Quarter, 1, 2), (Layer::Half, 2, 6), (Layer::Full, 6, 18)]
        {
            let mut writer = Vp8Writer::new(1, layer);
            let key = write(&mut writer, FrameKind::Key);
            let delta = write(&mut writer, FrameKind::Delta);
            assert_eq!((delta.len(), key.len()), (packets, key_packets), "{layer:?}");
            assert!(delta.iter().chain(&key).all(|packet| packet.len() <= super::MAX_PAYLOAD));
            let bytes: usize = delta.iter().map(Vec::len).sum();
            assert!(bytes.abs_diff(layer.frame_bytes()) < packets, "{layer:?} {bytes}");
        }
    }

    #[test]
    fn counters_have_no_holes_across_frames() {
        let mut writer = Vp8Writer::new(3, Layer::Full);
        let mut packets = write(&mut writer, FrameKind::Key);
        packets.extend(write(&mut writer, FrameKind::Delta));
        for (expected, packet) in (0..).zip(&packets) {
            let marker = Marker::parse(packet).unwrap();
            assert_eq!((marker.counter, marker.publisher), (expected, 3));
            assert_eq!(marker.frame, u32::from(expected >= 18));
        }
    }
}
