// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_REVISION_HPP
#define EVENTSOURCING_CODEC_FORMS_REVISION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/array.hpp>
#include <eventsourcing/codec/forms/number.hpp>
#include <eventsourcing/core/revision.hpp>

#include <cstdint>
#include <string>

namespace eventsourcing::detail {

/// Revision and Generation: a number.
struct RevisionForm : Form {
    template <class T>
    static bool write(JsonWriter& out, const T& value) {
        out.integer(value.value());
        return true;
    }
    template <class T>
    static bool read(JsonReader& in, T& value) {
        std::uint64_t number = 0;
        if (!read_integer(in, number))
            return false;
        value = T{number};
        return true;
    }

    template <class T>
    static std::string expected() {
        return IntegerForm::expected<std::uint64_t>();
    }
};

/// Position: a number, or an array of two if the engine has two.
struct PositionForm : Form {
    template <class T>
    static bool write(JsonWriter& out, const T& value) {
        const decltype(value.value()) both[] = {value.value(), value.prepare()};
        return both[1] == 0 ? IntegerForm::write(out, both[0]) : ArrayForm::write(out, both);
    }
    template <class T>
    static bool read(JsonReader& in, T& value) {
        decltype(value.value()) both[2] = {0, 0};
        if (!(in.next() == '[' ? ArrayForm::read(in, both) : read_integer(in, both[0])))
            return false;
        value = T{both[0], both[1]};
        return true;
    }

    template <class T>
    static std::string expected() {
        return IntegerForm::expected<std::uint64_t>();
    }
};

} // namespace eventsourcing::detail

#endif
