// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_URI_HPP
#define EVENTSOURCING_CLOUDEVENTS_URI_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/attribute_text.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/lifetimebound.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/uri_reader.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing {

/// A URI-reference (RFC 3986, 4.1), absolute or relative, as it was written: nothing is resolved,
/// decoded or normalized.
class UriReference {
public:
    /// The empty one, which refers to the document that contains it.
    UriReference() = default;

    /// `errc::malformed` says at which byte what was expected.
    [[nodiscard]] static Result<UriReference> parse(std::string text) {
        detail::UriReader reader(text);
        if (!reader.read())
            return Error(errc::malformed,
                         "URI-reference " + detail::in_quotes(text) + ": " + reader.reason());
        return UriReference(std::move(text));
    }

    [[nodiscard]] const std::string& str() const EVENTSOURCING_LIFETIMEBOUND { return text_; }

    bool operator==(const UriReference&) const = default;

private:
    explicit UriReference(std::string text) : text_(std::move(text)) {}

    std::string text_;
};

/// An absolute URI (RFC 3986, 4.3): with a scheme, without a fragment. As it was written.
class Uri {
public:
    /// `errc::malformed` says at which byte what was expected.
    [[nodiscard]] static Result<Uri> parse(std::string text) {
        detail::UriReader reader(text);
        if (!reader.read_absolute())
            return Error(errc::malformed,
                         "URI " + detail::in_quotes(text) + ": " + reader.reason());
        return Uri(std::move(text));
    }

    [[nodiscard]] const std::string& str() const EVENTSOURCING_LIFETIMEBOUND { return text_; }

    bool operator==(const Uri&) const = default;

private:
    explicit Uri(std::string text) : text_(std::move(text)) {}

    std::string text_;
};

namespace detail {

/// A URI-reference that is not empty.
inline Result<void> check_uri_reference(std::string_view name, std::string_view text) {
    UriReader reader(text);
    if (!text.empty() && reader.read())
        return {};
    if (auto done = check_text(name, text); !done)
        return done;
    return invalid_attribute(name, detail::in_quotes(text) +
                                       " is not a URI-reference: " + reader.reason());
}

inline Result<void> check_uri(std::string_view name, std::string_view text) {
    UriReader reader(text);
    if (reader.read_absolute())
        return {};
    if (auto done = check_text(name, text); !done)
        return done;
    return invalid_attribute(name, detail::in_quotes(text) +
                                       " is not an absolute URI: " + reader.reason());
}

} // namespace detail

} // namespace eventsourcing

#endif
