// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTS_ALLOCATIONS_HPP
#define EVENTSOURCING_TESTS_ALLOCATIONS_HPP

#include <cstddef>
#include <cstdlib>
#include <malloc.h>
#include <new>

#include "allocation_counts.hpp"
#include "throw_or_skip.hpp"

// Replaces operator new and delete of the whole test binary, to count what a thread allocates and
// to let its memory run out. For one file of a binary: they are no inline functions.

namespace allocations {

/// Null where none is left.
inline void* allocate(std::size_t size, std::size_t align) {
    ++made;
    if (left == 0)
        return nullptr;
    if (left > 0)
        --left;
    align = align < sizeof(void*) ? sizeof(void*) : align;
    size = (size + align - 1) / align * align;
    void* const memory = std::aligned_alloc(align, size == 0 ? align : size);
    live += static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
    most_live = live > most_live ? live : most_live;
    return memory;
}
inline void* allocate_or_throw(std::size_t size, std::size_t align) {
    if (void* const memory = allocate(size, align))
        return memory;
    throw_or_skip(std::bad_alloc());
}
inline void give_back(void* memory) noexcept {
    live -= static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
    std::free(memory);
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
    allocations::give_back(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept {
    allocations::give_back(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t /*align*/) noexcept {
    allocations::give_back(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/,
                                       std::align_val_t /*align*/) noexcept {
    allocations::give_back(memory);
}

#endif
