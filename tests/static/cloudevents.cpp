// SPDX-License-Identifier: MIT
// CloudEventExtension: what is one, and what is none. What becomes an attribute, and what does not.
#include <eventsourcing/cloudevents/extensions.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace es = eventsourcing;

namespace {

struct Tenant {
    std::string name;
    static void attributes(auto& self, auto&& attribute) { attribute("tenantname", self.name); }
};
struct WithoutAttributes {
    std::string name;
};
struct WithoutDefault {
    explicit WithoutDefault(std::string text) : name(std::move(text)) {}
    std::string name;
    static void attributes(auto& self, auto&& attribute) { attribute("tenantname", self.name); }
};
struct ReadOnly {
    std::string name;
    static void attributes(const ReadOnly& self) { static_cast<void>(self.name); }
};

static_assert(es::CloudEventExtension<Tenant>);
static_assert(es::CloudEventExtension<es::DistributedTracing>);
static_assert(es::CloudEventExtension<es::Correlation>);
static_assert(!es::CloudEventExtension<WithoutAttributes>);
static_assert(!es::CloudEventExtension<WithoutDefault>);
static_assert(!es::CloudEventExtension<ReadOnly>);
static_assert(!es::CloudEventExtension<std::string>);
static_assert(!es::CloudEventExtension<int>);

// A CloudEvent is made by `make` alone, and can't be changed.
static_assert(!std::is_default_constructible_v<es::CloudEvent>);
static_assert(!std::is_constructible_v<es::CloudEvent, es::CloudEventFields>);
static_assert(std::is_copy_constructible_v<es::CloudEvent>);
static_assert(std::is_same_v<decltype(std::declval<es::CloudEvent&>().id()), const std::string&>);

// No number that does not fit becomes a value by accident, and no pointer a truth value.
template <class T>
constexpr bool is_value = std::is_convertible_v<T, es::CloudEventValue>;
static_assert(is_value<bool> && is_value<std::int32_t> && is_value<const char*>);
static_assert(is_value<std::string> && is_value<std::string_view>);
static_assert(is_value<es::Timestamp> && is_value<es::CloudEventTime>);
static_assert(is_value<es::Uri> && is_value<es::UriReference>);
static_assert(!is_value<std::int64_t> && !is_value<unsigned> && !is_value<double>);
static_assert(!is_value<const int*> && !is_value<char>);

// A URI is made by `parse` alone.
static_assert(!std::is_constructible_v<es::Uri, std::string>);
static_assert(!std::is_constructible_v<es::UriReference, std::string>);
static_assert(!std::is_default_constructible_v<es::Uri>);

} // namespace
