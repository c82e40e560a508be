// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTS_ALLOCATIONS_HPP
#define EVENTSOURCING_TESTS_ALLOCATIONS_HPP

#include <cstddef>
#include <cstdlib>
#include <new>

#include "throw_or_skip.hpp"

// Replaces operator new and delete of the whole test binary, to count what a thread allocates and
// to let its memory run out. For one file of a binary: they are no inline functions.

namespace allocations {

/// How often this thread has asked for memory.
inline constinit thread_local std::size_t made = 0;

inline constexpr int plenty = -1;
/// How often this thread will get memory; at 0, never again.
inline constinit thread_local int left = plenty;

/// Null where none is left.
inline void* allocate(std::size_t size, std::size_t align) {
    ++made;
    if (left == 0)
        return nullptr;
    if (left > 0)
        --left;
    align = align < sizeof(void*) ? sizeof(void*) : align;
    size = (size + align - 1) / align * align;
    return std::aligned_alloc(align, size == 0 ? align : size);
}
inline void* allocate_or_throw(std::size_t size, std::size_t align) {
    if (void* const memory = allocate(size, align))
        return memory;
    throw_or_skip(std::bad_alloc());
}

} // namespace allocations

// Not inlined, because g++ then takes the free() inside for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
    return allocations::allocate_or_throw(size, __STDCPP_DEFAULT_NEW_ALIGNMENT__);
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return allocations::allocate(size, __STDCPP_DEFAULT_NEW_ALIGNMENT__);
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t align) {
    return allocations::allocate_or_throw(size, static_cast<std::size_t>(align));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t /*align*/) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/,
                                       std::align_val_t /*align*/) noexcept {
    std::free(memory);
}

#endif
