// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_TEXT_MAP_HPP
#define EVENTSOURCING_STORE_TEXT_MAP_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace eventsourcing::detail {

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>{}(text);
    }
};

struct TextEqual {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const noexcept { return a == b; }
};

/// A map from text that is looked up without making a string. Its keys and values never move.
template <class T>
using TextMap = std::unordered_map<std::string, T, TextHash, TextEqual>;

/// The value of `key`, made if there is none.
template <class T>
typename TextMap<T>::value_type& entry_of(TextMap<T>& map, std::string_view key) {
    const auto found = map.find(key);
    return found != map.end() ? *found : *map.try_emplace(std::string(key)).first;
}

} // namespace eventsourcing::detail

#endif
