// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_PARSED_HPP
#define EVENTSOURCING_CODEC_FORMS_PARSED_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>

#include <string>

namespace eventsourcing::detail {

/// A form that is a string, also as the key of a map. `Derived` has `write`, and `bool parse(in,
/// const JsonString& text, T& value)`.
template <class Derived>
struct ParsedForm : Form {
    template <class T>
    static bool read(JsonReader& in, T& value) {
        JsonString text;
        return in.string(text, "a string") && Derived::parse(in, text, value);
    }

    template <class T>
    static bool write_key(JsonWriter& out, const T& key) {
        return Derived::write(out, key);
    }
    template <class T>
    static bool read_key(JsonReader& in, const JsonString& name, T& key) {
        return Derived::parse(in, name, key) || in.in_member(name);
    }

    template <class T>
    static std::string expected() {
        return "a string";
    }
};

} // namespace eventsourcing::detail

#endif
