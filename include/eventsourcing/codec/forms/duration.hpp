// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_DURATION_HPP
#define EVENTSOURCING_CODEC_FORMS_DURATION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/core/alternatives.hpp>

#include <concepts>
#include <string>
#include <type_traits>

namespace eventsourcing::detail {

/// std::chrono::duration, recognised by its parts: compiles faster than <chrono>.
template <class T>
concept DurationLike = requires(const T& value) {
    T::period::num;
    T::period::den;
    { value.count() } -> std::same_as<typename T::rep>;
};

/// std::chrono::duration: its count, in its own unit.
struct DurationForm : Form {
    template <DurationLike T>
    static bool write(JsonWriter& out, const T& value) {
        return JsonFormOf<typename T::rep>::write(out, value.count());
    }
    template <DurationLike T>
    static bool read(JsonReader& in, T& value) {
        typename T::rep count{};
        if (!JsonFormOf<typename T::rep>::read(in, count))
            return false;
        value = T(count);
        return true;
    }

    template <DurationLike T>
        requires requires(JsonWriter& out, const T& key) {
            JsonFormOf<typename T::rep>::write_key(out, key.count());
        }
    static bool write_key(JsonWriter& out, const T& key) {
        return JsonFormOf<typename T::rep>::write_key(out, key.count());
    }
    template <DurationLike T>
        requires requires(JsonReader& in, const JsonString& name, typename T::rep& count) {
            JsonFormOf<typename T::rep>::read_key(in, name, count);
        }
    static bool read_key(JsonReader& in, const JsonString& name, T& key) {
        typename T::rep count{};
        if (!JsonFormOf<typename T::rep>::read_key(in, name, count))
            return false;
        key = T(count);
        return true;
    }

    template <class T>
    static std::string expected() {
        return JsonFormOf<typename T::rep>::template expected<typename T::rep>();
    }
    template <class T>
    static consteval auto parts() {
        return TypeList<typename T::rep>{};
    }
};

} // namespace eventsourcing::detail

#endif
