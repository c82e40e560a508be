// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_EXTENSION_HPP
#define EVENTSOURCING_CLOUDEVENTS_EXTENSION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/attribute_text.hpp>
#include <eventsourcing/cloudevents/cloud_event.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/customisation.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/unmet.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing {

namespace detail {

/// A placeholder for functions that only list attributes.
struct NoAttribute {
    void operator()(std::string_view, auto&) const {}
};

/// A function that takes a copy of the extension, into which nothing is read, or has a copy or a
/// constant of what it calls.
template <class E>
concept TakesAttributesWrongly =
    requires { static_cast<void (*)(E, NoAttribute&&)>(&E::attributes); } ||
    requires { static_cast<void (*)(E, const NoAttribute&)>(&E::attributes); } ||
    requires { static_cast<void (*)(E, NoAttribute)>(&E::attributes); } ||
    requires { static_cast<void (*)(E&, NoAttribute)>(&E::attributes); } ||
    (requires { static_cast<void (*)(E&, const NoAttribute&)>(&E::attributes); } && !requires { static_cast<void (*)(E&, NoAttribute&&)>(&E::attributes); });

template <class E>
concept NamesItsAttributes = requires(E& extension, const E& constant) {
    E::attributes(extension, NoAttribute{});
    E::attributes(constant, NoAttribute{});
} && !TakesAttributesWrongly<E>;

template <class E>
concept HasExtensionCheck = requires(const E& extension) {
    { extension.check() } -> std::same_as<Result<void>>;
};

/// Stops with the right form if `E` has a `check` that would not be called.
template <class E>
consteval bool has_extension_check() {
    constexpr bool right = !Declares_check<E> || HasExtensionCheck<E>;
    EVENTSOURCING_EXPLAIN(right,
                          "`check` is declared in a form that the library does not read; write, "
                          "public: `es::Result<void> check() const` (or give this member another "
                          "name)",
                          E);
    return HasExtensionCheck<E>;
}

} // namespace detail

/// A struct that groups extension attributes of a CloudEvent and names them:
///
///     struct SampledRate {
///         std::int32_t sampledrate = 1;
///         static void attributes(auto& self, auto&& attribute) {
///             attribute("sampledrate", self.sampledrate);
///         }
///         es::Result<void> check() const;  // what else must hold, if anything
///     };
///
/// Members are of type `std::string`, `bool`, `std::int32_t`, `CloudEventTime` or `UriReference`;
/// one that may be absent is a `std::optional` of these, or of `Uri` (which has no default value).
/// Strings are not empty: an empty one is read as absent, and is not written.
template <class E>
concept CloudEventExtension =
    (std::default_initializable<E> ||
     unmet<"es: an extension of CloudEvents is default-constructible">) &&
    (detail::NamesItsAttributes<E> ||
     unmet<"es: name the attributes: static void attributes(auto& self, auto&& attribute) "
           "{ attribute(\"name\", self.member); }">);

namespace detail {

/// Says in the compiler's first error line what an extension lacks.
template <class E>
consteval bool explain_extension() {
    EVENTSOURCING_EXPLAIN(std::default_initializable<E>,
                          "an extension of CloudEvents is default-constructible", E);
    EVENTSOURCING_EXPLAIN(NamesItsAttributes<E>,
                          "name the attributes of the extension, public: `static void "
                          "attributes(auto& self, auto&& attribute) { attribute(\"name\", "
                          "self.member); }`",
                          E);
    return CloudEventExtension<E>;
}

template <class T>
constexpr void check_attribute_type() {
    static_assert(std::same_as<T, std::string> || std::same_as<T, bool> ||
                      std::same_as<T, std::int32_t> || std::same_as<T, CloudEventTime> ||
                      std::same_as<T, UriReference> || std::same_as<T, Uri>,
                  "es: an attribute is a std::string, bool, std::int32_t, CloudEventTime or "
                  "UriReference, or a std::optional of these or of Uri");
}

inline Result<void> check_not_empty(std::string_view name, const auto& value) {
    if constexpr (requires { value.empty(); })
        if (value.empty())
            return invalid_attribute(name, "empty; expected at least one character");
    return {};
}

/// Reads one attribute after the other, until one is wrong.
class ExtensionReader {
public:
    explicit ExtensionReader(const CloudEvent& event) : event_(event) {}

    template <class T>
    void operator()(std::string_view name, T& to) {
        if (!read<T>(name, to) && missing_.empty())
            missing_ = name;
    }
    template <class T>
    void operator()(std::string_view name, std::optional<T>& to) {
        if (!read<T>(name, to))
            to.reset(); // not the default of the struct: an empty optional was not written
    }

    /// Whether the event has any of the attributes.
    [[nodiscard]] bool found() const { return found_; }
    /// For an extension of which an attribute was found.
    [[nodiscard]] Result<void> done() const {
        if (done_ && !missing_.empty())
            return invalid_attribute(missing_,
                                     "missing, though others of its extension are present");
        return done_;
    }

private:
    template <class T>
    static Result<T> as(const CloudEventValue& value) {
        check_attribute_type<T>();
        if constexpr (std::same_as<T, bool>)
            return value.boolean();
        else if constexpr (std::same_as<T, std::int32_t>)
            return value.integer();
        else if constexpr (std::same_as<T, CloudEventTime>)
            return value.time();
        else if constexpr (std::same_as<T, Uri>)
            return value.uri();
        else if constexpr (std::same_as<T, UriReference>)
            return value.uri_reference();
        else if constexpr (std::same_as<T, std::string>)
            return value.text();
        else
            return errc::internal; // does not compile
    }

    /// Whether the attribute is present.
    template <class T, class To>
    bool read(std::string_view name, To& to) {
        const auto* found = event_.extension(name);
        if (!found || (found->if_text() && found->if_text()->empty()))
            return false; // some senders write all attributes that they know, empty or not
        found_ = true;
        if (!done_)
            return true;
        auto value = as<T>(*found);
        if (value)
            to = *std::move(value);
        else
            done_ = invalid_attribute(name, value.error().message());
        return true;
    }

    const CloudEvent& event_;
    std::string_view missing_{};
    Result<void> done_{};
    bool found_ = false;
};

/// Sets one attribute after the other, until one is wrong.
class ExtensionWriter {
public:
    using Extensions = decltype(CloudEventFields::extensions);

    explicit ExtensionWriter(Extensions extensions) : extensions_(std::move(extensions)) {}

    template <class T>
    void operator()(std::string_view name, const T& value) {
        check_attribute_type<T>();
        take_name(name);
        if (done_)
            done_ = check_not_empty(name, value);
        if (done_)
            extensions_.insert_or_assign(std::string(name), value);
    }
    template <class T>
    void operator()(std::string_view name, const std::optional<T>& value) {
        if (value)
            return (*this)(name, *value);
        take_name(name);
        extensions_.erase(std::string(name));
    }

    Result<void> finish(Extensions& to) && {
        if (done_)
            to = std::move(extensions_);
        return done_;
    }

private:
    void take_name(std::string_view name) {
        if (done_)
            done_ = check_extension_name(name);
        if (done_ && !names_.emplace(name).second)
            done_ = invalid_attribute(name, "named twice by `attributes`; expected each name once");
    }

    Extensions extensions_;
    std::set<std::string> names_{};
    Result<void> done_{};
};

} // namespace detail

/// The attributes of an extension, as their own types; nothing if the event has none of them. An
/// empty one counts as absent. An optional whose attribute is absent is empty, whatever its
/// default.
///
/// `errc::malformed` names the attribute that has another type, is missing while others are there,
/// or is refused by the extension's own `check`; `threw` if that throws. The event itself is still
/// valid.
template <class E>
[[nodiscard]] Result<std::optional<E>> read_extension(const CloudEvent& event) {
    static_assert(detail::explain_extension<E>());
    return detail::guarded("reading an extension", [&]() -> Result<std::optional<E>> {
        E extension;
        detail::ExtensionReader reader(event);
        E::attributes(extension, reader);
        if (!reader.found())
            return std::optional<E>();
        auto done = reader.done();
        if constexpr (detail::has_extension_check<E>())
            if (done)
                done = extension.check();
        if (!done)
            return std::move(done).error().as(errc::malformed);
        return std::optional(std::move(extension));
    });
}

/// Sets the attributes of an extension, and removes those that it does not have. `errc::invalid` if
/// one is empty, or its own `check` refuses it, `threw` if that throws; then nothing is changed.
template <class E>
Result<void> add_extension(CloudEventFields& fields, const E& extension) {
    static_assert(detail::explain_extension<E>());
    return detail::guarded("adding an extension", [&]() -> Result<void> {
        if constexpr (detail::has_extension_check<E>())
            if (auto good = extension.check(); !good)
                return std::move(good).error().as(errc::invalid);
        detail::ExtensionWriter writer(fields.extensions);
        E::attributes(extension, writer);
        return std::move(writer).finish(fields.extensions);
    });
}

} // namespace eventsourcing

#endif
