// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_BOOLEAN_HPP
#define EVENTSOURCING_CODEC_FORMS_BOOLEAN_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>

#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// bool: `true` or `false`.
struct BooleanForm : Form {
    static bool write(JsonWriter& out, bool value) {
        out.raw(value ? std::string_view("true") : std::string_view("false"));
        return true;
    }
    static bool read(JsonReader& in, bool& value) { return in.boolean(value); }

    template <class T>
    static std::string expected() {
        return "true or false";
    }
};

} // namespace eventsourcing::detail

#endif
