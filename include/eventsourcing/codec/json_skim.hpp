// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_SKIM_HPP
#define EVENTSOURCING_CODEC_JSON_SKIM_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json_chars.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/utf8.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace eventsourcing::detail {

/// The names of one object, as long as they are few and different.
class SkimmedNames {
public:
    /// False for a name that comes again, and for one too many.
    bool add(const char* name, std::size_t size) {
        const std::uint64_t bytes =
            size < 8 ? load_part(name, size)
                     : load_eight(name) ^ std::rotl(load_eight(name + size - 8), 23);
        const std::uint64_t mixed = (bytes + size) * 0x9E3779B97F4A7C15U;
        std::uint64_t& word = seen_[mixed >> 61U];
        const std::uint64_t bit = std::uint64_t{1} << (mixed >> 55U & 63U);
        if (count_ == max || ((word & bit) != 0 && is_there(name, size)))
            return false;
        word |= bit;
        names_[count_] = name;
        sizes_[count_++] = size;
        return true;
    }

private:
    static constexpr std::size_t max = 32;

    [[nodiscard]] bool is_there(const char* name, std::size_t size) const {
        for (std::size_t i = 0; i < count_; ++i)
            if (sizes_[i] == size && same_bytes(names_[i], name, size))
                return true;
        return false;
    }

    std::uint64_t seen_[8] = {}; // one bit of 512 for each name
    std::size_t count_ = 0;
    const char* names_[max]; // left uninitialized on purpose, as is the next
    std::size_t sizes_[max];
};

/// Skips JSON values without anything unusual, several times as fast as `JsonScanner`, which judges
/// all others and makes the errors. It accepts nothing that the scanner would refuse.
///
/// All functions take the start of something and return its end, or null.
class JsonSkim {
public:
    explicit JsonSkim(const char* end) : end_(end) {}

    /// A value, with white space before it. `levels` is how deep it may be nested.
    [[nodiscard]] const char* value(const char* at, int levels) const {
        at = after_space(at);
        if (at == end_)
            return nullptr;
        switch (*at) {
        case '"':
            return string(at + 1);
        case '{':
            return levels > 0 ? object(at + 1, levels - 1) : nullptr;
        case '[':
            return levels > 0 ? array(at + 1, levels - 1) : nullptr;
        case 't':
            return word(at, "true");
        case 'f':
            return word(at, "false");
        case 'n':
            return word(at, "null");
        default:
            return number(at);
        }
    }

private:
    [[nodiscard]] const char* after_space(const char* at) const {
        while (at != end_ && static_cast<unsigned char>(*at) <= ' ' &&
               (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
            ++at;
        return at;
    }
    [[nodiscard]] bool is(const char* at, char c) const { return at != end_ && *at == c; }

    [[nodiscard]] const char* word(const char* at, std::string_view text) const {
        const bool same = static_cast<std::size_t>(end_ - at) >= text.size() &&
                          std::memcmp(at, text.data(), text.size()) == 0;
        return same ? at + text.size() : nullptr;
    }

    [[nodiscard]] const char* digits(const char* at) const {
        const char* const begin = at;
        while (at != end_ && is_digit(*at))
            ++at;
        return at == begin ? nullptr : at;
    }
    [[nodiscard]] const char* number(const char* at) const {
        at += *at == '-' ? 1 : 0;
        at = is(at, '0') ? at + 1 : digits(at);
        if (at != nullptr && is(at, '.'))
            at = digits(at + 1);
        if (at != nullptr && (is(at, 'e') || is(at, 'E'))) {
            ++at;
            at += is(at, '+') || is(at, '-') ? 1 : 0;
            at = digits(at);
        }
        return at;
    }

    /// From after the first quote to after the last one.
    [[nodiscard]] const char* string(const char* at) const {
        for (;;) {
            at = skip_plain(at, end_);
            if (at == end_)
                return nullptr;
            if (*at == '"')
                return at + 1;
            at = *at == '\\' ? escape(at + 1) : other(at);
            if (at == nullptr)
                return nullptr;
        }
    }
    [[nodiscard]] const char* escape(const char* at) const {
        if (at == end_)
            return nullptr;
        if (*at != 'u')
            return std::string_view("\"\\/bfnrt").find(*at) == std::string_view::npos ? nullptr
                                                                                      : at + 1;
        if (end_ - at < 5)
            return nullptr;
        const bool surrogate = to_lower(at[1]) == 'd' && hex_digit(at[2]) >= 8;
        for (int i = 1; i < 5; ++i)
            if (!is_hex_digit(at[i]))
                return nullptr;
        return surrogate ? nullptr : at + 5;
    }
    /// A character that is not ASCII.
    [[nodiscard]] const char* other(const char* at) const {
        if (static_cast<unsigned char>(*at) < 0x80)
            return nullptr;
        const auto size = decode_utf8({at, static_cast<std::size_t>(end_ - at)}).size;
        return size == 0 ? nullptr : at + size;
    }

    [[nodiscard]] const char* object(const char* at, int levels) const {
        SkimmedNames names;
        at = after_space(at);
        if (is(at, '}'))
            return at + 1;
        while (is(at, '"')) {
            const char* const name = at + 1;
            at = skip_plain(name, end_); // the scanner does other names
            if (!is(at, '"') || !names.add(name, static_cast<std::size_t>(at - name)))
                return nullptr;
            at = after_space(at + 1);
            if (!is(at, ':'))
                return nullptr;
            at = value(at + 1, levels);
            if (at == nullptr)
                return nullptr;
            at = after_space(at);
            if (is(at, '}'))
                return at + 1;
            if (!is(at, ','))
                return nullptr;
            at = after_space(at + 1);
        }
        return nullptr;
    }
    [[nodiscard]] const char* array(const char* at, int levels) const {
        at = after_space(at);
        if (is(at, ']'))
            return at + 1;
        for (;;) {
            at = value(at, levels);
            if (at == nullptr)
                return nullptr;
            at = after_space(at);
            if (is(at, ']'))
                return at + 1;
            if (!is(at, ','))
                return nullptr;
            ++at;
        }
    }

    const char* end_;
};

} // namespace eventsourcing::detail

#endif
