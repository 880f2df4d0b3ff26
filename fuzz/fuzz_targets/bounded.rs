//! An allocator that ends the process when one allocation asks for far more than the fuzzed file is large.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a pass takes whatever the model: scratch for its tokens, tables of Unicode.
const ALWAYS: usize = 32 << 20;
/// How many times the file's size one allocation may be.
const FACTOR: usize = 64;

static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);

pub struct Bounded;

/// Bounds what is asked for from now on.
pub fn bound_by(size: usize) {
    LIMIT.store(ALWAYS + FACTOR * size, Ordering::Relaxed);
}

fn check(size: usize) {
    let limit = LIMIT.load(Ordering::Relaxed);
    if size > limit {
        // The message itself allocates.
        LIMIT.store(usize::MAX, Ordering::Relaxed);
        panic!("{size} bytes were asked for, {limit} are allowed for this file");
    }
}

// SAFETY: all is passed to the system's allocator unchanged.
unsafe impl GlobalAlloc for Bounded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        check(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        check(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, start: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        check(size);
        unsafe { System.realloc(start, layout, size) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        unsafe { System.dealloc(start, layout) }
    }
}
