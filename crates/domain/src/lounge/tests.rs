//! Names, and how often many are counted.
