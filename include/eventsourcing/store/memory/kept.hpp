// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_KEPT_HPP
#define EVENTSOURCING_STORE_MEMORY_KEPT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

[[gnu::cold]] inline Error memory_closed() {
    return {errc::closed, "the memory store was closed"};
}

/// What a memory store keeps beside its events. All of it is in maps of one type, by a text that
/// sorts as it should: each further type of map would cost a file that uses it tens of
/// milliseconds.
struct MemoryKept {
    MemoryKept() = default;
    MemoryKept(const MemoryKept&) = delete;
    MemoryKept& operator=(const MemoryKept&) = delete;
    virtual ~MemoryKept() = default;
};

using MemoryKeptMap = std::map<std::string, std::unique_ptr<MemoryKept>>;

/// `T` is what the map holds.
template <class T, class Item>
T& kept_as(const Item& item) {
    return static_cast<T&>(*item.second);
}

/// Names as one text: none of them holds a NUL byte, so it sorts as they do, one after the other.
inline std::string kept_key(std::initializer_list<std::string_view> names) {
    std::string text;
    for (const std::string_view name : names) {
        text += name;
        text += '\0';
    }
    return text;
}

/// The most significant byte first, so that it sorts as the number.
inline std::string kept_number(std::uint64_t number) {
    std::string text(8, '\0');
    for (std::size_t i = 0; i < 8; ++i)
        text[i] = static_cast<char>(number >> (56 - 8 * i) & 0xFFU);
    return text;
}

} // namespace eventsourcing::detail

#endif
