// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_OWN_HPP
#define EVENTSOURCING_CODEC_FORMS_OWN_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/codec/json_nlohmann.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/fake_object.hpp>

#include <nlohmann/json_fwd.hpp>

#include <concepts>
#include <string>
#include <type_traits>
#include <utility>

namespace eventsourcing::detail {

/// The argument that finds out whether a `to_json` exists: it converts to nlohmann::json for
/// functions that name that type, and is another type for templates. (nlohmann::json itself would
/// also find nlohmann's own functions.)
namespace json_probe {
struct Probe {
    operator nlohmann::json&() const;
};
/// For functions that only read it, or take a copy.
struct ConstProbe {
    operator const nlohmann::json&() const;
};
/// For functions that take a `T` by value or as a constant. (It is passed as an rvalue, to which no
/// `U&` of a template binds.)
template <class T>
struct Copied {
    template <class U>
        requires std::same_as<U, T>
    operator U() const;
};
/// For templates that take a reference to anything, to which the others bind, too.
template <class T>
struct Anything {
    Anything(const Anything&) = delete;
};
} // namespace json_probe

template <class T>
concept HasToJson = requires(json_probe::Probe& j, const T& value) {
    to_json(j, value);
} || (std::is_class_v<T> && requires(nlohmann::json& j, const T& value) { to_json(j, value); });
template <class T>
concept HasFromJson = requires(const json_probe::ConstProbe& j, T& value) {
    from_json(j, value);
} || (std::is_class_v<T> && requires(const nlohmann::json& j, T& value) { from_json(j, value); });

/// There is a `to_json` for `T` that nlohmann does not call: it takes no constant reference.
template <class T>
concept WritesOwnJsonWrongly =
    !HasToJson<T> && requires(json_probe::Probe& j, OtherForms<T> other) { to_json(j, other); };
/// There is a `from_json` for `T` that nlohmann does not call: it takes no reference to a `T`, or
/// none to constant JSON.
template <class T>
concept ReadsOwnJsonWrongly =
    !HasFromJson<T> && (requires(const json_probe::Probe& j, OtherForms<T> other) {
        from_json(j, other);
    } || requires(const json_probe::Probe& j, T& value) { from_json(j, value); });

/// The `to_json` of `T` is called, and writes into a copy of the JSON or can't write.
template <class T>
concept WritesIntoCopy = HasToJson<T> && requires(const json_probe::ConstProbe& j, const T& value) {
    to_json(j, value);
} && !requires(json_probe::Anything<T>& j, const T& value) { to_json(j, value); };
/// The `from_json` of `T` is called, and reads into a copy of the value or can't read.
template <class T>
concept ReadsIntoCopy =
    HasFromJson<T> && requires(const json_probe::ConstProbe& j, json_probe::Copied<T> value) {
        from_json(j, std::move(value));
    } && !requires(const json_probe::ConstProbe& j, json_probe::Anything<T>& value) {
        from_json(j, value);
    };

/// nlohmann's serializer is specialised for `T`, which the library does not read. (Functions of the
/// primary template are templates, which have no address.)
template <class T>
concept HasOwnSerializer = requires { &nlohmann::adl_serializer<T>::to_json; } ||
                           requires { &nlohmann::adl_serializer<T>::from_json; };

/// An argument for those functions only that take a `T`, and not for those of its base classes.
template <class T>
struct ExactForm {
    template <class U>
        requires std::same_as<U, T>
    operator U&() const;
    template <class U>
        requires std::same_as<U, T>
    operator const U&() const;
};
/// An argument for the functions of base classes that have less than a `T`.
template <class T>
struct BaseForm {
    template <class U>
        requires(std::is_base_of_v<U, T> && !std::same_as<U, T> && sizeof(U) != sizeof(T))
    operator U&() const;
    template <class U>
        requires(std::is_base_of_v<U, T> && !std::same_as<U, T> && sizeof(U) != sizeof(T))
    operator const U&() const;
};
template <class T>
concept WritesBaseOnly =
    std::is_class_v<T> && requires(json_probe::Probe& j, const BaseForm<T>& base) {
        to_json(j, base);
    } && !requires(json_probe::Probe& j, const ExactForm<T>& exact) { to_json(j, exact); };
template <class T>
concept ReadsBaseOnly =
    std::is_class_v<T> && requires(const json_probe::Probe& j, const BaseForm<T>& base) {
        from_json(j, base);
    } && !requires(const json_probe::Probe& j, const ExactForm<T>& exact) { from_json(j, exact); };

template <class T>
consteval void explain_to_json() {
    EVENTSOURCING_EXPLAIN(!WritesOwnJsonWrongly<T>,
                          "the to_json of this type is declared in a form that nlohmann does not "
                          "call; write `void to_json(nlohmann::json& j, const T& value)`",
                          T);
}
template <class T>
consteval void explain_from_json() {
    EVENTSOURCING_EXPLAIN(!ReadsOwnJsonWrongly<T>,
                          "the from_json of this type is declared in a form that nlohmann does not "
                          "call; write `void from_json(const nlohmann::json& j, T& value)`",
                          T);
}

/// A type with its own nlohmann `to_json` and `from_json`: whatever these write and read.
struct OwnForm : Form {
    template <class T>
    static bool write(JsonWriter& out, const T& value) {
        return write_document<true>(out, value);
    }
    /// As the value of an optional, whose null would be read as no value. (What a `to_json` writes
    /// is not known before it runs.)
    template <class T>
    static bool write_no_null(JsonWriter& out, const T& value) {
        return write_document<false>(out, value);
    }
    template <class T, class J = nlohmann::json>
    static bool read(JsonReader& in, T& value) {
        if constexpr (ReadsIntoCopy<T>) {
            EVENTSOURCING_EXPLAIN(false,
                                  "the from_json of this type reads into a copy of the value, "
                                  "which is lost; write `void from_json(const nlohmann::json& j, "
                                  "T& value)`",
                                  T);
            return false;
        } else if constexpr (ReadsOwnJsonWrongly<T>) {
            explain_from_json<T>();
            return false;
        } else if constexpr (!HasFromJson<T>) {
            EVENTSOURCING_EXPLAIN(false, "this type has a to_json, but no from_json was found", T);
            return false;
        } else if constexpr (ReadsBaseOnly<T>) {
            EVENTSOURCING_EXPLAIN(false,
                                  "the from_json that was found for this type is that of a base "
                                  "class, so that members would be lost; write a to_json and a "
                                  "from_json for this type, or give it a `members` line",
                                  T);
            return false;
        } else if constexpr (!has_exceptions) {
            EVENTSOURCING_EXPLAIN(false,
                                  "without exceptions a from_json cannot refuse what it reads, as "
                                  "nlohmann::json ends the program; give the type a members line",
                                  T);
            return false;
        } else if constexpr (!Complete<J>) {
            EVENTSOURCING_EXPLAIN(
                false, "include <nlohmann/json.hpp> to decode a type by its from_json", T);
            return false;
        } else {
            J document;
            return read_dom(in, document) && in.guard("from_json", [&] {
                from_json(std::as_const(document), value);
                return true;
            });
        }
    }

    template <class T>
    static std::string expected() {
        return "a JSON value";
    }
    /// What the `from_json` of the application does not set would stay.
    template <class T>
    static consteval bool read_whole() {
        return false;
    }
    template <class T>
    static consteval bool storable() {
        return HasToJson<T> && HasFromJson<T> && !WritesIntoCopy<T> && !ReadsIntoCopy<T> &&
               !WritesBaseOnly<T> && !ReadsBaseOnly<T> && has_exceptions;
    }

private:
    template <bool null_allowed, class T, class J = nlohmann::json>
    static bool write_document(JsonWriter& out, const T& value) {
        if constexpr (WritesIntoCopy<T>) {
            EVENTSOURCING_EXPLAIN(false,
                                  "the to_json of this type writes into a copy of the JSON, which "
                                  "is lost; write `void to_json(nlohmann::json& j, const T& "
                                  "value)`",
                                  T);
            return false;
        } else if constexpr (WritesOwnJsonWrongly<T>) {
            explain_to_json<T>();
            return false;
        } else if constexpr (!HasToJson<T>) {
            EVENTSOURCING_EXPLAIN(false, "this type has a from_json, but no to_json was found", T);
            return false;
        } else if constexpr (WritesBaseOnly<T>) {
            EVENTSOURCING_EXPLAIN(false,
                                  "the to_json that was found for this type is that of a base "
                                  "class, so that members would be lost; write a to_json and a "
                                  "from_json for this type, or give it a `members` line",
                                  T);
            return false;
        } else if constexpr (!Complete<J>) {
            EVENTSOURCING_EXPLAIN(false,
                                  "include <nlohmann/json.hpp> to encode a type by its to_json", T);
            return false;
        } else {
            J document;
            const auto make = [&] {
                to_json(document, value);
                return true;
            };
            if (!out.guard("to_json", make))
                return false;
            if (!null_allowed && document.is_null())
                return out.fail("expected any JSON but null from the to_json of a value in an "
                                "optional, as null is the optional without a value");
            return write_dom(out, document);
        }
    }
};

} // namespace eventsourcing::detail

#endif
