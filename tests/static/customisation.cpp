// SPDX-License-Identifier: MIT
// The members by which an event customises the library, in all forms: what is not read is never
// ignored. What the compiler then says is in tests/compile_fail/*_form.cpp.
#include <eventsourcing/core/event_traits.hpp>

#include <eventsourcing/codec/layout.hpp>
#include <eventsourcing/core/aggregate_options.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/upcast.hpp>

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace forms {

template <class E>
inline constexpr bool read = eventsourcing::detail::CustomisesInForm<E>;

#define TEXT_IN_ALL_FORMS(name)                                                                    \
    namespace of_##name {                                                                          \
        struct Right {                                                                             \
            static constexpr std::string_view name = "shop.sold";                                  \
        };                                                                                         \
        struct Literal {                                                                           \
            static constexpr const char* name = "shop.sold";                                       \
        };                                                                                         \
        struct Field {                                                                             \
            std::string name;                                                                      \
        };                                                                                         \
        struct Number {                                                                            \
            static constexpr int name = 2;                                                         \
        };                                                                                         \
        class Private {                                                                            \
            static constexpr std::string_view name = "shop.sold";                                  \
        };                                                                                         \
        struct Function {                                                                          \
            std::string_view name() const;                                                         \
        };                                                                                         \
        struct StaticFunction {                                                                    \
            static std::string_view name();                                                        \
        };                                                                                         \
        struct Overloaded {                                                                        \
            std::string_view name() const;                                                         \
            std::string_view name(int) const;                                                      \
        };                                                                                         \
        struct Template {                                                                          \
            template <class T>                                                                     \
            static std::string_view name(T);                                                       \
        };                                                                                         \
        struct Changeable {                                                                        \
            static inline std::string name = "shop.sold";                                          \
        };                                                                                         \
        struct Elsewhere {                                                                         \
            static const std::string_view name;                                                    \
        };                                                                                         \
        struct Type {                                                                              \
            enum class name { sold };                                                              \
        };                                                                                         \
        struct Final final {                                                                       \
            static constexpr int name = 2;                                                         \
        };                                                                                         \
        struct FinalFunction final {                                                               \
            std::string_view name() const;                                                         \
        };                                                                                         \
        static_assert(read<Right> && read<Literal> && read<Field>);                                \
        static_assert(!read<Number> && !read<Private> && !read<Function> &&                        \
                      !read<StaticFunction>);                                                      \
        static_assert(!read<Overloaded> && !read<Template> && !read<Changeable> &&                 \
                      !read<Elsewhere>);                                                           \
        static_assert(!read<Type> && !read<Final> && !read<FinalFunction>);                        \
    }

TEXT_IN_ALL_FORMS(event_type)
TEXT_IN_ALL_FORMS(event_type_version)
TEXT_IN_ALL_FORMS(event_source)

namespace of_aliases {
struct Right {
    static constexpr std::array event_type_aliases{std::string_view{"shop.paid"}};
};
struct Field {
    std::vector<std::string> event_type_aliases;
};
struct CArray {
    static constexpr std::string_view event_type_aliases[] = {"shop.paid"};
};
struct Number {
    static constexpr int event_type_aliases = 1;
};
class Private {
    static constexpr std::array event_type_aliases{std::string_view{"shop.paid"}};
};
struct Function {
    static std::vector<std::string> event_type_aliases();
};
struct Changeable {
    static inline std::vector<std::string> event_type_aliases{"shop.paid"};
};
struct Numbers {
    static constexpr std::array event_type_aliases{1, 2};
};
static_assert(read<Right> && read<Field>);
static_assert(!read<CArray> && !read<Number> && !read<Private> && !read<Function>);
static_assert(!read<Changeable> && !read<Numbers>);
} // namespace of_aliases

// A field `event_tags` is refused, too: what is meant by it is clear.
namespace of_tags {
struct Right {
    std::vector<std::string> event_tags() const;
};
struct Set {
    std::set<std::string_view> event_tags() const;
};
struct NotConst {
    std::vector<std::string> event_tags();
};
class Private {
    std::vector<std::string> event_tags() const;
};
struct Static {
    static std::vector<std::string> event_tags();
};
struct StaticOfEvent {
    static std::vector<std::string> event_tags(const StaticOfEvent& event);
};
struct Optionals {
    std::vector<std::optional<std::string>> event_tags() const;
};
struct One {
    std::string event_tags() const;
};
struct Field {
    std::vector<std::string> event_tags;
};
struct Asking {
    std::vector<std::string> event_tags(int) const;
};
struct Constant {
    static constexpr std::string_view event_tags = "item";
};
static_assert(read<Right> && read<Set>);
static_assert(!read<NotConst> && !read<Private> && !read<Static> && !read<StaticOfEvent>);
static_assert(!read<Optionals> && !read<One> && !read<Field> && !read<Asking> && !read<Constant>);
} // namespace of_tags

namespace of_upcast {
struct Before {};
struct Other {};
struct ByReference {
    static ByReference upcast(const Before& old);
};
struct ByValue {
    static ByValue upcast(Before old);
};
struct ByRvalue {
    static ByRvalue upcast(Before&& old);
};
struct NoExcept {
    static NoExcept upcast(const Before& old) noexcept;
};
struct Answering {
    static eventsourcing::Result<Answering> upcast(const Before& old);
};
struct WithRecord {
    static WithRecord upcast(const Before& old, const eventsourcing::EventRecord& record) noexcept;
};
struct Field {
    std::string upcast;
};
struct OfObject {
    OfObject upcast(const Before& old) const;
};
class Private {
    static Private upcast(const Before& old);
};
struct Changing {
    static Changing upcast(Before& old);
};
struct Pointer {
    static Pointer upcast(const Before* old);
};
struct Number {
    static Number upcast(int old);
};
struct Overloaded {
    static Overloaded upcast(const Before& old);
    static Overloaded upcast(const Other& old);
};
struct Template {
    template <class T>
    static Template upcast(const T& old);
};
struct Two {
    static Two upcast(const Before& old, const Other& too);
};
struct RecordByValue {
    static RecordByValue upcast(const Before& old, eventsourcing::EventRecord record);
};
struct None {
    static None upcast();
};
struct Constant {
    static constexpr int upcast = 1;
};
struct Final final {
    Final upcast(const Before& old) const;
};
static_assert(read<ByReference> && read<ByValue> && read<ByRvalue> && read<NoExcept>);
static_assert(read<Answering> && read<WithRecord> && read<Field>);
static_assert(!read<OfObject> && !read<Private> && !read<Changing> && !read<Pointer>);
static_assert(!read<Number> && !read<Overloaded> && !read<Template> && !read<Two>);
static_assert(!read<RecordByValue> && !read<None> && !read<Constant> && !read<Final>);
} // namespace of_upcast

namespace of_unknown_events {
template <class A>
inline constexpr bool right = !eventsourcing::detail::Declares_unknown_events<A> ||
                              eventsourcing::detail::NamesUnknownEvents<A>;
struct Right {
    static constexpr auto unknown_events = eventsourcing::ignore;
};
struct Refusing {
    static constexpr eventsourcing::UnknownEvents unknown_events = eventsourcing::refuse;
};
struct None {};
struct Flag {
    static constexpr bool unknown_events = true;
};
struct Function {
    static eventsourcing::UnknownEvents unknown_events();
};
class Private {
    static constexpr auto unknown_events = eventsourcing::ignore;
};
struct Changeable {
    static inline auto unknown_events = eventsourcing::ignore;
};
static_assert(right<Right> && right<Refusing> && right<None>);
static_assert(!right<Flag> && !right<Function> && !right<Private> && !right<Changeable>);
} // namespace of_unknown_events

namespace of_evolve_revision {
template <class A>
inline constexpr bool right = !eventsourcing::detail::Declares_evolve_revision<A> ||
                              eventsourcing::detail::NamesText_evolve_revision<A>;
struct Right {
    static constexpr std::string_view evolve_revision = "2";
};
struct Field {
    int evolve_revision;
};
struct Number {
    static constexpr int evolve_revision = 2;
};
class Private {
    static constexpr std::string_view evolve_revision = "2";
};
static_assert(right<Right> && right<Field> && !right<Number> && !right<Private>);
} // namespace of_evolve_revision

namespace of_layout {
template <class T>
inline constexpr bool right =
    !eventsourcing::detail::Declares_layout<T> || eventsourcing::detail::NamesItsLayout<T>;
struct Right {
    static constexpr int layout = 2;
};
struct Field {
    int layout;
};
struct Text {
    static constexpr std::string_view layout = "2";
};
class Private {
    static constexpr int layout = 2;
};
struct Function {
    static int layout();
};
static_assert(right<Right> && right<Field>);
static_assert(!right<Text> && !right<Private> && !right<Function>);
} // namespace of_layout

} // namespace forms
