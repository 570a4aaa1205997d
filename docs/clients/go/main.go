// Command client talks to a Quantgate gateway: client HOST:PORT MODEL
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"example.com/quantgate-client/quantgatepb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

func main() {
	conn, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	model := os.Args[2]
	client := quantgatepb.NewInferenceServiceClient(conn)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()

	tokens, err := client.Tokenize(ctx, &quantgatepb.TokenizeRequest{Model: model, Text: "Hello, world!"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("tokens:", tokens.Tokens)

	if err := chat(ctx, client, model); err != nil {
		log.Fatal(err)
	}

	_, err = client.Tokenize(ctx, &quantgatepb.TokenizeRequest{Model: "no-such-model", Text: "x"})
	fmt.Println("error:", status.Code(err))
}

func chat(ctx context.Context, client quantgatepb.InferenceServiceClient, model string) error {
	stream, err := client.Chat(ctx, &quantgatepb.ChatRequest{
		Model:    model,
		Messages: []*quantgatepb.ChatMessage{{Role: "user", Content: "Name three primary colours."}},
		Sampling: &quantgatepb.SamplingParameters{Temperature: proto.Float32(0)},
		Options:  &quantgatepb.GenerationOptions{MaxTokens: 32},
	})
	if err != nil {
		return err
	}
	fmt.Print("answer: ")
	for {
		response, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if delta := response.GetDelta(); delta != nil {
			fmt.Print(delta.Content)
		} else {
			usage := response.GetCompletion().GetUsage()
			fmt.Printf("\nusage: %d prompt tokens, %d generated\n", usage.PromptTokens, usage.CompletionTokens)
		}
	}
}
