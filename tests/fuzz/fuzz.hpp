// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTS_FUZZ_FUZZ_HPP
#define EVENTSOURCING_TESTS_FUZZ_FUZZ_HPP

#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

/// Tries one input. Each target defines it; libFuzzer calls it, or replay.cpp where that is
/// missing. The bytes end where their memory ends, so that the sanitizers see a read past them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

/// Stops the run, which keeps the input, where something does not hold; `about` may say more.
inline void require(bool holds, const char* what, std::string_view about = {}) {
    if (holds)
        return;
    std::fprintf(stderr, "expected: %s\n%s\n", what,
                 eventsourcing::detail::in_quotes(about, 2000).c_str());
    std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// What every message must be, whatever the input was.
inline void require_readable(std::string_view message) {
    require(!message.empty(), "an error says something");
    require(eventsourcing::detail::valid_utf8(message), "a message in UTF-8", message);
    require(message.size() < 4000, "a message that can be read", message);
    for (const char c : message)
        require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F, "one line", message);
}

} // namespace fuzz

#endif
