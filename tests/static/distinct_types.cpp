// SPDX-License-Identifier: MIT
// Values that look alike are of different types, and nothing becomes one of them by accident.
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>

#include <compare>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace es = eventsourcing;

namespace {

template <class A, class B>
concept Comparable =
    requires(const A& a, const B& b) { a == b; } || requires(const A& a, const B& b) { a < b; };

template <class A, class B>
concept Unrelated =
    !std::constructible_from<A, B> && !std::constructible_from<B, A> &&
    !std::assignable_from<A&, B> && !std::assignable_from<B&, A> && !Comparable<A, B>;

/// No number of any kind is taken for a `T`, nor a `T` for a number; asking for it by name is fine.
template <class T>
concept NoNumber =
    !std::convertible_to<int, T> && !std::convertible_to<std::int64_t, T> &&
    !std::convertible_to<std::uint64_t, T> && !std::convertible_to<double, T> &&
    !std::convertible_to<bool, T> && !std::assignable_from<T&, std::uint64_t> &&
    !Comparable<T, int> && !Comparable<T, std::uint64_t> && !std::constructible_from<int, T> &&
    !std::constructible_from<std::uint64_t, T> && !std::constructible_from<bool, T> &&
    !requires(T value) { value + 1; } && !requires(T value) { ++value; };

static_assert(NoNumber<es::Revision> && NoNumber<es::Generation> && NoNumber<es::Position>);
static_assert(NoNumber<es::ExpectedRevision> && NoNumber<es::Timestamp> && NoNumber<es::Uuid>);
static_assert(NoNumber<es::StreamName> && NoNumber<es::StreamNameView>);
// the concepts can be false
static_assert(!NoNumber<int> && !NoNumber<std::uint64_t> && !Unrelated<int, long>);
static_assert(!Unrelated<es::StreamName, es::StreamNameView>);

static_assert(std::constructible_from<es::Revision, std::uint64_t>);
static_assert(std::constructible_from<es::Generation, std::uint64_t>);
static_assert(std::constructible_from<es::Position, std::uint64_t, std::uint64_t>);
static_assert(!std::constructible_from<es::Timestamp, std::int64_t>); // of which unit?

static_assert(Unrelated<es::Revision, es::Generation> && Unrelated<es::Revision, es::Position>);
static_assert(Unrelated<es::Generation, es::Position>);
static_assert(Unrelated<es::ExpectedRevision, es::Revision>);
static_assert(Unrelated<es::ExpectedRevision, es::Generation>);
static_assert(Unrelated<es::ExpectedRevision, es::Position>);
static_assert(Unrelated<es::Timestamp, es::Revision> && Unrelated<es::Timestamp, es::Uuid>);

template <class T>
concept OrderedValue =
    std::regular<T> && std::totally_ordered<T> && std::is_trivially_copyable_v<T> &&
    std::same_as<std::compare_three_way_result_t<T>, std::strong_ordering>;
static_assert(OrderedValue<es::Revision> && OrderedValue<es::Generation>);
static_assert(OrderedValue<es::Position> && OrderedValue<es::Timestamp> && OrderedValue<es::Uuid>);
static_assert(std::totally_ordered<es::StreamName> && std::totally_ordered<es::StreamNameView>);

// Run-time text is parsed, never taken for an id, a time or a name.
static_assert(!std::constructible_from<es::Uuid, std::string>);
static_assert(!std::constructible_from<es::Timestamp, std::string>);
static_assert(!std::constructible_from<es::StreamName, std::string>);
static_assert(!std::constructible_from<es::StreamName, std::string_view>);
static_assert(!std::constructible_from<es::StreamName, const char*>);
static_assert(!std::constructible_from<es::StreamNameView, std::string>);
static_assert(!std::constructible_from<es::StreamNameView, std::string_view>);
static_assert(!std::constructible_from<es::StreamNameView, const char*>);
static_assert(!std::default_initializable<es::StreamName>); // no name is a wrong name
static_assert(!std::default_initializable<es::StreamNameView>);

static_assert(std::convertible_to<const es::StreamName&, es::StreamNameView>);
static_assert(std::is_trivially_copyable_v<es::StreamNameView>);
static_assert(sizeof(es::StreamNameView) == sizeof(std::string_view));

// Generation n expects revision n - 1.
static_assert(es::ExpectedRevision::after(es::Generation{}) == es::ExpectedRevision::no_stream());
static_assert(es::ExpectedRevision::after(es::Generation{3}) ==
              es::ExpectedRevision::exactly(es::Revision{2}));
static_assert(es::ExpectedRevision::exactly(es::Revision{0}) != es::ExpectedRevision::no_stream());
static_assert(es::ExpectedRevision::exists() != es::ExpectedRevision::no_stream());

} // namespace
