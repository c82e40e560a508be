// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_NULL_HPP
#define EVENTSOURCING_CODEC_FORMS_NULL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace eventsourcing::detail {

/// std::monostate: `null`.
struct NullForm : Form {
    static bool write(JsonWriter& out, std::monostate /*value*/) {
        out.raw("null");
        return true;
    }
    static bool read(JsonReader& in, std::monostate& /*value*/) {
        return in.take_null() || in.unexpected("null");
    }

    template <class T>
    static std::string expected() {
        return "null";
    }
    template <class T>
    static consteval bool may_be_null() {
        return true;
    }
    template <class T>
    static constexpr std::string_view tag() {
        return "none";
    }
};

} // namespace eventsourcing::detail

#endif
