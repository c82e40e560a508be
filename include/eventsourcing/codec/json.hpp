// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_HPP
#define EVENTSOURCING_CODEC_JSON_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json_blank.hpp>
#include <eventsourcing/codec/json_form.hpp>
#include <eventsourcing/codec/json_reader.hpp>
#include <eventsourcing/codec/json_writer.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/result.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace eventsourcing {

namespace detail {
inline constexpr const char* reading_json = "reading JSON"; // for `guarded`
} // namespace detail

/// Appends a value to `out` as JSON text without white space; on an error `out` is not changed.
///
/// Errors are `errc::invalid` and say where: `$.path[3].name: expected UTF-8, got ...`. Refused are
/// text that is not UTF-8, NaN and infinities, enumerations without a name for their value, and
/// more than 64 levels. `errc::threw` if a function of the type throws, such as its `json_value`;
/// only `std::bad_alloc` is passed on. Absent optionals are written as null. `json_form.hpp` says
/// which JSON a type becomes, and how to change it.
template <class T>
Result<void> encode_json_to(std::string& out, const T& value) {
    return detail::guarded_but_memory("writing JSON", [&]() -> Result<void> {
        detail::JsonWriter writer(out);
        if (!detail::JsonFormOf<T>::write(writer, value))
            return writer.error(errc::invalid);
        writer.finish();
        return {};
    });
}

/// A value as JSON text; see `encode_json_to`.
template <class T>
Result<std::string> encode_json(const T& value) {
    Result<std::string> out;
    if (auto done = encode_json_to(*out, value); !done)
        return std::move(done).error();
    return out;
}

/// Reads JSON text (RFC 8259) into a value, strictly. The old value does not matter, but its memory
/// is used again. After an error the value is valid, but may be half read.
///
/// Errors are `errc::malformed` and say where: `$.damage: expected an unsigned 32-bit integer, got
/// -5`. It refuses missing members other than optionals (which keep their defaults), wrong types,
/// numbers out of range (a fraction too small for a double is 0), names that are not in an
/// enumeration or a variant, duplicate members, more than 64 levels, invalid UTF-8, lone
/// surrogates, a byte order mark and text after the value. `errc::threw` if a function of the type
/// throws. Unknown members are ignored, but must be
/// valid JSON.
///
/// Time is at most n log n for any text, except into unordered containers: an attacker can choose
/// keys that all fall into one bucket. (They are not refused, because what was stored must stay
/// readable.)
template <class T>
Result<void> decode_json_to(T& value, std::string_view text) {
    return detail::guarded(detail::reading_json, [&]() -> Result<void> {
        detail::JsonReader reader(text);
        constexpr bool renewable = detail::MakesBlank<T> && std::is_move_assignable_v<T>;
        if constexpr (renewable)
            reader.without_defaults();
        bool read = detail::JsonFormOf<T>::read(reader, value);
        if constexpr (renewable) {
            if (!read && reader.wants_defaults()) {
                value = detail::blank<T>();
                read = detail::JsonFormOf<T>::read(reader, value);
            }
        }
        if (!read || !reader.at_end())
            return reader.error(errc::malformed);
        return {};
    });
}

/// A value from JSON text; see `decode_json_to`.
template <class T>
Result<T> decode_json(std::string_view text) {
    return detail::guarded(detail::reading_json, [&] {
        auto value = [] {
            if constexpr (std::default_initializable<T>)
                return Result<T>();
            else
                return Result<T>(std::in_place, detail::blank<T>());
        }();
        detail::JsonReader reader(text);
        if (!detail::JsonFormOf<T>::read(reader, *value) || !reader.at_end())
            value = reader.error(errc::malformed);
        return value;
    });
}

} // namespace eventsourcing

#endif
