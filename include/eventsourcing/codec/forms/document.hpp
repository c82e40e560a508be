// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_DOCUMENT_HPP
#define EVENTSOURCING_CODEC_FORMS_DOCUMENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/codec/json_nlohmann.hpp>

#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// nlohmann::json and ordered_json: any value, kept.
struct DocumentForm : Form {
    template <class T>
    static bool write(JsonWriter& out, const T& value) {
        return write_dom(out, value);
    }
    /// As the value of an optional, whose null would be read as no value.
    template <class T>
    static bool write_no_null(JsonWriter& out, const T& value) {
        if (value.is_null())
            return out.fail(
                "expected any JSON but null as the value of an optional, as null is the "
                "optional without a value; a nlohmann::json needs no optional");
        return write_dom(out, value);
    }
    template <class T>
    static bool read(JsonReader& in, T& value) {
        return read_dom(in, value);
    }

    template <class T>
    static std::string expected() {
        return "a JSON value";
    }
    template <class T>
    static consteval bool read_whole() {
        return false;
    }
    template <class T>
    static constexpr std::string_view tag() {
        return "json";
    }
};

} // namespace eventsourcing::detail

#endif
