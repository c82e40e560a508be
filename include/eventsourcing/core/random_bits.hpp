// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_RANDOM_BITS_HPP
#define EVENTSOURCING_CORE_RANDOM_BITS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/fork_epoch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

#if defined(__linux__) && __has_include(<sys/random.h>)
#    include <cerrno>
#    include <cstdlib>
#    include <sys/random.h>
#    define EVENTSOURCING_GETRANDOM 1
#else
#    include <random>
#endif

namespace eventsourcing::detail {

/// Random numbers of the operating system, fetched in blocks.
struct RandomBlock {
    std::array<std::uint64_t, 32>
        numbers; // 256 bytes: up to here getrandom(2) is never interrupted
    std::size_t left;
    std::uint32_t epoch;

    void refill() {
#if defined(EVENTSOURCING_GETRANDOM)
        auto* out = reinterpret_cast<unsigned char*>(numbers.data());
        for (std::size_t missing = sizeof numbers; missing > 0;) {
            const auto got = getrandom(out, missing, 0);
            if (got < 0 && errno != EINTR)
                std::abort(); // no such system call: ids that repeat would be worse than none
            if (got > 0) {
                out += got;
                missing -= static_cast<std::size_t>(got);
            }
        }
#else
        std::random_device device;
        for (auto& number : numbers)
            number = std::uint64_t{device()} << 32U | device();
#endif
        left = numbers.size();
    }
};

/// 64 random bits of the operating system. Each thread has a block of its own, which a forked child
/// does not use.
inline std::uint64_t random_bits() {
    static constinit thread_local RandomBlock block{};
    const auto epoch = fork_epoch();
    if (block.left == 0 || block.epoch != epoch) {
        block.refill();
        block.epoch = epoch;
    }
    return block.numbers[--block.left];
}

} // namespace eventsourcing::detail

#undef EVENTSOURCING_GETRANDOM

#endif
